package cli

import (
	"os"
	"strconv"
)

// usualColumns is the width of output when nothing tells it.
const usualColumns = 100

// isTerminal says whether f (which may be nil) is a terminal that understands
// colours.
func isTerminal(f *os.File) bool {
	if f == nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && understandsColours()
}

// columnsOf gives the width of the terminal f (which may be nil), else what the
// variable COLUMNS says.
func columnsOf(f *os.File) int {
	if f != nil {
		if n := terminalColumns(f); n > 0 {
			return n
		}
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return usualColumns
}
