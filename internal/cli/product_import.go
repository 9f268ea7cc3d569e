package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// productImport adds devices by file.
type productImport struct {
	Product string `arg:"" help:"The product, by id or slug."`
	File    string `arg:"" help:"A file with one identifier per line; - is standard input."`
	Invalid string `placeholder:"FILE" help:"Write the identifiers that were refused to this file."`
	client
}

// Help is the long text of fieldhook product import --help.
func (productImport) Help() string {
	return `Each line holds a device id, or another identifier that the hub knows the device by. Blank lines, commas at the end of a line, and Windows line ends do not matter.

  fieldhook product import greenhouse devices.txt --invalid refused.txt

The devices are sent in parts of 1,000. Ctrl-C ends it between parts; repeat the command to go on: devices that are in the product already are counted and left alone.`
}

// Bounds of an import.
const (
	importPart     = 1000            // identifiers of one request
	importPatience = 2 * time.Minute // for one part
	importRetries  = 5               // of one part that the hub has no room for
	importGrace    = 5 * time.Second // for the part on its way when Ctrl-C comes
)

// imported counts what became of identifiers.
type imported struct {
	added, existing, nonmember int
	invalid                    []string
}

// part is the hub's answer about one part (cloud API reference, section 8.1).
type part struct {
	Updated   []string `json:"updatedDeviceIds"`
	Existing  []string `json:"existingDeviceIds"`
	Nonmember []string `json:"nonmemberDeviceIds"`
	Invalid   []string `json:"invalidDeviceIds"`
}

// Run sends the file part by part.
func (c *productImport) Run(ctx context.Context, s Streams) error {
	in, size, err := openInput(s, c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	h, err := c.hub()
	if err != nil {
		return err
	}
	i := &importer{remote: h, route: place{Product: c.Product}.path("/devices"), wait: wait}
	bar := progress(s, size)
	err = i.run(ctx, io.TeeReader(in, bar))
	_ = bar.Finish() // a bar that cannot be drawn is no failure
	fmt.Fprintf(s.Out, "%d added, %d there already, %d of other people, %d refused\n",
		i.total.added, i.total.existing, i.total.nonmember, len(i.total.invalid))
	return errors.Join(err, c.report(s, i.total.invalid), verdict(&i.total, err))
}

// verdict makes it a failure when nothing at all was accepted.
func verdict(t *imported, err error) error {
	if err == nil && t.added+t.existing == 0 {
		return errors.New("no device was accepted")
	}
	return nil
}

// shownInvalid is how many refused identifiers are printed.
const shownInvalid = 10

// report tells which identifiers were refused.
func (c *productImport) report(s Streams, invalid []string) error {
	if c.Invalid != "" && len(invalid) > 0 {
		return os.WriteFile(c.Invalid, []byte(strings.Join(invalid, "\n")+"\n"), 0o600)
	}
	for _, id := range invalid[:min(len(invalid), shownInvalid)] {
		fmt.Fprintln(s.Err, "refused:", printable(id))
	}
	if more := len(invalid) - shownInvalid; more > 0 {
		fmt.Fprintf(s.Err, "and %d more; --invalid FILE writes all of them to a file\n", more)
	}
	return nil
}

// openInput opens a file, or standard input for "-"; the size of that is not
// known: -1.
func openInput(s Streams, path string) (io.ReadCloser, int64, error) {
	if path == "-" {
		return io.NopCloser(s.In), -1, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// progress makes a bar of bytes; it is seen at terminals only.
func progress(s Streams, size int64) *progressbar.ProgressBar {
	f, ok := s.Err.(*os.File)
	return progressbar.NewOptions64(size,
		progressbar.OptionSetWriter(s.Err), progressbar.OptionSetVisibility(ok && term.IsTerminal(int(f.Fd()))),
		progressbar.OptionSetDescription("devices"), progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}

// importer sends identifiers to a product.
type importer struct {
	*remote
	route string
	wait  func(context.Context, time.Duration) error
	total imported
}

// run reads identifiers and sends them in parts. When ctx ends, what was sent
// before is counted.
func (i *importer) run(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	var ids []string
	for lines.Scan() {
		id := strings.Trim(strings.TrimPrefix(lines.Text(), "\ufeff"), " \t\r,")
		if id == "" {
			continue
		}
		if ids = append(ids, id); len(ids) < importPart {
			continue
		}
		if err := i.send(ctx, ids); err != nil {
			return err
		}
		ids = ids[:0]
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	return i.send(ctx, ids)
}

// send sends one part; it waits when the hub says that it has no room.
func (i *importer) send(ctx context.Context, ids []string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	body, contentType, err := deviceFile(ids)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		p, err := i.sendOnce(ctx, contentType, body)
		var r *refusal
		if errors.As(err, &r) && refused(err, http.StatusTooManyRequests, http.StatusServiceUnavailable) && try < importRetries {
			if err := i.wait(ctx, max(r.after, time.Second)); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		i.count(&p)
		return nil
	}
}

// sendOnce lets a part that is on its way arrive when ctx ends, so that the
// summary is true.
func (i *importer) sendOnce(ctx context.Context, contentType string, body []byte) (p part, err error) {
	interrupted := ctx
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), importPatience)
	defer cancel()
	defer context.AfterFunc(interrupted, func() { time.AfterFunc(importGrace, cancel) })()
	res, err := i.remote.send(ctx, "POST", i.route, contentType, bytes.NewReader(body))
	if err != nil {
		return p, err
	}
	return p, decode(res, &p)
}

func (i *importer) count(p *part) {
	i.total.added += len(p.Updated)
	i.total.existing += len(p.Existing)
	i.total.nonmember += len(p.Nonmember)
	i.total.invalid = append(i.total.invalid, p.Invalid...)
}

// deviceFile makes the form in which identifiers are sent: one file, one
// identifier per line.
func deviceFile(ids []string) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("file", "file")
	if err != nil {
		return nil, "", err
	}
	if _, err := io.WriteString(file, strings.Join(ids, "\n")+"\n"); err != nil {
		return nil, "", err
	}
	if err := form.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), form.FormDataContentType(), nil
}
