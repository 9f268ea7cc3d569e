package outbound

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/textproto"
	"strings"
)

// maxHead limits, in bytes, the status lines and headers of one answer,
// interim answers (1xx) included.
const maxHead = 64 << 10

// What can be wrong with the head of an answer.
var (
	errStatusLine = errors.New("malformed status line")
	errHeaderLine = errors.New("malformed header line")
	errHeadSize   = errors.New("the header is larger than 65536 bytes")
	errUpgrade    = errors.New("unexpected protocol upgrade")
)

// head is the status line and the header of an answer.
type head struct {
	status int
	reason string // such as "200 OK"
	old    bool   // HTTP/1.0
	header http.Header
}

// readFinalHead reads heads until one is not interim.
func (x *call) readFinalHead() (head, error) {
	budget := maxHead
	for {
		var err error
		x.text, err = readHead(x.in, x.text[:0], budget)
		if err != nil {
			return head{}, err
		}
		budget -= len(x.text)
		h, err := parseHead(string(x.text))
		if err != nil || h.status >= 200 {
			return h, err
		}
		if h.status == http.StatusSwitchingProtocols {
			return h, errUpgrade
		}
	}
}

// readHead appends the lines up to the empty one to dst. A first line that is
// no status line ends it at once: the peer may be waiting for us to speak.
func readHead(in *bufio.Reader, dst []byte, budget int) ([]byte, error) {
	checked := false
	for {
		start := len(dst)
		var err error
		if dst, err = appendLine(in, dst, budget); err != nil {
			return dst, err
		}
		if checked && isBlank(dst[start:]) {
			return dst, nil
		}
		if !checked && !bytes.HasPrefix(dst, []byte("HTTP/1.")) {
			return dst, errStatusLine
		}
		checked = true
	}
}

// appendLine appends one line with its end, of whatever length fits.
func appendLine(in *bufio.Reader, dst []byte, budget int) ([]byte, error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(dst)+len(part) > budget {
			return dst, errHeadSize
		}
		dst = append(dst, part...)
		if err != bufio.ErrBufferFull {
			return dst, unexpectedEOF(err)
		}
	}
}

func isBlank(line []byte) bool {
	return len(line) == 1 || len(line) == 2 && line[0] == '\r'
}

// parseHead parses what readHead gave. Names and values are parts of text.
func parseHead(text string) (head, error) {
	line, rest := cutLine(text)
	h, err := parseStatus(line)
	if err != nil {
		return h, err
	}
	h.header, err = parseHeader(rest)
	return h, err
}

// parseStatus parses a status line (RFC 9112, section 4). A missing reason
// phrase is common, so is the missing space before it.
func parseStatus(line string) (head, error) {
	var h head
	version, reason, ok := strings.Cut(line, " ")
	if !ok || version != "HTTP/1.1" && version != "HTTP/1.0" {
		return h, errStatusLine
	}
	h.old = version == "HTTP/1.0"
	h.reason = strings.TrimSpace(reason)
	code, _, _ := strings.Cut(h.reason, " ")
	if len(code) != 3 {
		return h, errStatusLine
	}
	for _, c := range []byte(code) {
		if c < '0' || c > '9' {
			return h, errStatusLine
		}
		h.status = h.status*10 + int(c-'0')
	}
	if h.status < 100 || !validValue(reason) {
		return h, errStatusLine
	}
	return h, nil
}

// parseHeader parses header lines up to the empty one. All values share one
// array.
func parseHeader(text string) (http.Header, error) {
	lines := strings.Count(text, "\n") - 1
	header := make(http.Header, lines)
	values := make([]string, 0, lines)
	last := ""
	for {
		var line string
		if line, text = cutLine(text); line == "" {
			return header, nil
		}
		if line[0] == ' ' || line[0] == '\t' {
			if !unfold(header[last], line) {
				return nil, errHeaderLine
			}
			continue
		}
		name, value, ok := parseField(line)
		if !ok {
			return nil, errHeaderLine
		}
		last = name
		values = append(values, value)
		if known, twice := header[name]; twice {
			header[name] = append(known, value)
		} else {
			header[name] = values[len(values)-1 : len(values) : len(values)]
		}
	}
}

// cutLine cuts text after its first line, which is given without its end.
func cutLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// unfold adds a continuation line to the last value, with a space for the
// break (RFC 9112, section 5.2).
func unfold(values []string, line string) bool {
	if len(values) == 0 || !validValue(line) {
		return false
	}
	values[len(values)-1] += " " + textproto.TrimString(line)
	return true
}

func parseField(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	if !ok || !validName(name) || !validValue(value) {
		return "", "", false
	}
	return textproto.CanonicalMIMEHeaderKey(name), textproto.TrimString(value), true
}

// validName checks a token (RFC 9110, section 5.6.2). A space before the colon
// is not one: who hides a framing field that way is not to be guessed at.
func validName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}

// validValue refuses control characters, which would cut or forge lines where
// the value is shown or stored.
func validValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// keepAlive says whether the target keeps the connection open afterwards.
func (h head) keepAlive() bool {
	if h.header["Transfer-Encoding"] != nil && (h.old || h.header["Content-Length"] != nil) {
		return false // contradicting framing (RFC 9112, section 6.1)
	}
	if h.old {
		return hasToken(h.header["Connection"], "keep-alive")
	}
	return !hasToken(h.header["Connection"], "close")
}

// hasToken looks for a token in comma-separated lists.
func hasToken(lists []string, token string) bool {
	for _, list := range lists {
		for item := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(textproto.TrimString(item), token) {
				return true
			}
		}
	}
	return false
}
