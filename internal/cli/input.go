package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// maxInput bounds what is read as one text, in bytes.
const maxInput = 16 << 20

// readText reads a file, or standard input for "-".
func readText(s Streams, path string) ([]byte, error) {
	in := s.In
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(text) > maxInput {
		err = fmt.Errorf("%s has more than %d bytes", path, maxInput)
	}
	return text, err
}

// readLine reads the next line of standard input without its end, and no byte
// more: another question may follow.
func readLine(s Streams) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < maxInput; {
		n, err := s.In.Read(b)
		if n == 1 && b[0] == '\n' || errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		line = append(line, b[:n]...)
	}
	return strings.TrimSuffix(string(line), "\r"), nil
}

// atTerminal says whether a person types the input.
func atTerminal(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// readHidden asks for a text that is not shown while it is typed. Without a
// terminal it is the next line of standard input.
func readHidden(ctx context.Context, s Streams, question string) (string, error) {
	if !atTerminal(s.In) {
		return readLine(s)
	}
	fmt.Fprint(s.Err, question)
	defer fmt.Fprintln(s.Err)
	fd := int(s.In.(*os.File).Fd()) // a terminal is a file
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type answer struct {
		text []byte
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		return string(a.text), a.err
	case <-ctx.Done(): // Ctrl-C: the process ends, the reader with it
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}

// confirm asks a person for a yes. Without a terminal there is nobody to ask.
func confirm(s Streams, question string) (bool, error) {
	if !atTerminal(s.In) {
		return false, errors.New("there is no terminal to ask; give --yes if this is meant")
	}
	fmt.Fprint(s.Err, question, " [y/N] ")
	line, err := readLine(s)
	line = strings.ToLower(strings.TrimSpace(line))
	return line == "y" || line == "yes", err
}
