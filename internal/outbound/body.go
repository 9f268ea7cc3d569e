package outbound

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
)

const (
	// maxDrain is how much of an answer beyond the part that is kept is read to
	// save the connection; closing it is cheaper than reading more.
	maxDrain = 256 << 10
	// maxDrainTime ends the same effort for a target that is slow.
	maxDrainTime = 500 * time.Millisecond
)

// What can be wrong with the framing or coding of an answer.
var (
	errLength   = errors.New("malformed Content-Length")
	errTransfer = errors.New("unsupported Transfer-Encoding")
	errGzip     = errors.New("the gzip data ends early")
	errPadding  = errors.New("the gzip data is mostly padding")
)

// untilClose is the length of a body that the end of the connection ends.
const untilClose = math.MaxInt64

// body reads one answer's body as it is framed (RFC 9112, section 6.3).
type body struct {
	in      *bufio.Reader
	chunked io.Reader // nil unless chunked
	left    int64     // bytes to come, or untilClose
	err     error     // the error that ended it; io.EOF when complete
}

// open reads the framing of an answer to the given method.
func (b *body) open(in *bufio.Reader, h head, method string) error {
	*b = body{in: in}
	if method == http.MethodHead || h.status == http.StatusNoContent || h.status == http.StatusNotModified {
		return nil
	}
	if codings := h.header["Transfer-Encoding"]; codings != nil {
		if len(codings) != 1 || !strings.EqualFold(codings[0], "chunked") {
			return errTransfer
		}
		b.chunked, b.left = httputil.NewChunkedReader(in), untilClose
		return nil
	}
	var err error
	b.left, err = contentLength(h.header["Content-Length"])
	return err
}

// contentLength parses Content-Length; equal repetitions count once.
func contentLength(values []string) (int64, error) {
	if len(values) == 0 {
		return untilClose, nil
	}
	for _, v := range values[1:] {
		if v != values[0] {
			return 0, errLength
		}
	}
	n, err := strconv.ParseUint(values[0], 10, 63)
	if err != nil || n == untilClose {
		return 0, errLength
	}
	return int64(n), nil
}

// Read implements io.Reader. An end that comes too early is
// io.ErrUnexpectedEOF.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.left == 0 {
		b.err = io.EOF
		return 0, b.err
	}
	if b.chunked != nil {
		return b.readChunked(p)
	}
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	if b.left != untilClose {
		b.left -= int64(n)
		err = unexpectedEOF(err)
	}
	b.err = err
	return n, err
}

func (b *body) readChunked(p []byte) (int, error) {
	n, err := b.chunked.Read(p)
	if err == io.EOF {
		err = b.skipTrailer()
		if err == nil {
			err = io.EOF
		}
	}
	b.err = err
	return n, err
}

// skipTrailer reads the lines after the last chunk, to the empty one.
func (b *body) skipTrailer() error {
	for budget := maxHead; budget > 0; {
		line, err := b.in.ReadSlice('\n')
		if err != nil {
			return unexpectedEOF(err)
		}
		if isBlank(line) {
			return nil
		}
		budget -= len(line)
	}
	return errHeadSize
}

func unexpectedEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// drain reads the rest, if it is small and quick, and says whether the
// connection can carry another request.
func (b *body) drain(c *conn) bool {
	if b.err == nil && b.left != 0 {
		if b.chunked == nil && b.left > maxDrain {
			return false
		}
		_ = c.arm(time.Now().Add(maxDrainTime), 0)
		_, _ = io.CopyN(io.Discard, b, maxDrain) // Read keeps the error in b.err
	}
	return b.left == 0 || b.chunked != nil && b.err == io.EOF
}

// readBody reads the body, decodes it and gives at most deliver.MaxResponse
// bytes of it. The header of a decoded answer loses the two fields that
// described the encoded one.
func (x *call) readBody(h head) (kept []byte, truncated bool, err error) {
	if isGzip(h.header) {
		delete(h.header, "Content-Encoding")
		delete(h.header, "Content-Length")
		err = x.keepUnzipped()
	} else {
		err = x.keep(&x.body)
	}
	if err != nil || len(x.kept) == 0 {
		return nil, false, err
	}
	truncated = len(x.kept) > deliver.MaxResponse
	return bytes.Clone(x.kept[:min(len(x.kept), deliver.MaxResponse)]), truncated, nil
}

func isGzip(header http.Header) bool {
	v := header["Content-Encoding"]
	return len(v) == 1 && (strings.EqualFold(v[0], "gzip") || strings.EqualFold(v[0], "x-gzip"))
}

// keep reads r into x.kept up to one byte more than an answer may have, which
// tells whether there was more.
func (x *call) keep(r io.Reader) error {
	x.kept = x.kept[:0]
	for len(x.kept) <= deliver.MaxResponse {
		x.kept = slices.Grow(x.kept, 512)
		free := x.kept[len(x.kept):min(cap(x.kept), deliver.MaxResponse+1)]
		n, err := r.Read(free)
		x.kept = x.kept[:len(x.kept)+n]
		if err == io.EOF {
			return nil
		}
		if err != nil && len(x.kept) <= deliver.MaxResponse {
			return err
		}
	}
	return nil
}

// maxZipped limits the bytes of a gzip body that are read. What is kept needs
// far fewer; the rest could only be padding (comments, empty members), of which
// there is no end.
const maxZipped = 1 << 20

// keepUnzipped is keep for a gzip body. What a bomb would expand to beyond the
// kept part is never decoded.
func (x *call) keepUnzipped() error {
	if x.unzip == nil {
		x.zipped, x.unzip = bufio.NewReader(nil), new(gzip.Reader)
	}
	x.kept = x.kept[:0]
	x.bounded = io.LimitedReader{R: &x.body, N: maxZipped}
	x.zipped.Reset(&x.bounded)
	err := x.unzip.Reset(x.zipped)
	if err == io.EOF {
		return nil // an empty body, whatever its header says
	}
	if err == nil {
		err = x.keep(x.unzip)
	}
	if x.bounded.N == 0 && len(x.kept) <= deliver.MaxResponse {
		return errPadding
	}
	if err != nil && x.body.err == io.EOF && errors.Is(err, io.ErrUnexpectedEOF) {
		return errGzip // the connection is whole, its content is not
	}
	return err
}
