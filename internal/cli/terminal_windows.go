package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalColumns gives 0 when f is no console.
func terminalColumns(f *os.File) int {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 0
	}
	return int(info.Window.Right-info.Window.Left) + 1
}

// understandsColours is true in Windows Terminal and in Unix-like shells; the
// old console would show the codes.
func understandsColours() bool { return os.Getenv("WT_SESSION") != "" || os.Getenv("TERM") != "" }
