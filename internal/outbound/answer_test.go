package outbound

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// answerWith sends a GET to a server that answers with these bytes and closes.
func answerWith(t *testing.T, raw string) (deliver.Answer, error) {
	c := pipeClient(t, func(_ int, far net.Conn) {
		readOne(bufio.NewReader(far))
		io.WriteString(far, raw)
	})
	return c.Send(limit(t), get(t, "http://127.0.0.1/"))
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func TestAnswers(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	zip := gzipped("zipped")
	tests := []struct {
		name, raw, reason, body string
		header                  http.Header
	}{
		{"until close", ok + "\r\nall of it", "200 OK", "all of it", http.Header{}},
		{"no reason", "HTTP/1.1 204\r\n\r\n", "204", "", http.Header{}},
		{"empty reason", "HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n", "500", "", http.Header{"Content-Length": {"0"}}},
		{"bare line feeds", "HTTP/1.1 200 OK\nA: b\n\nbody", "200 OK", "body", http.Header{"A": {"b"}}},
		{"names and repetition", ok + "x-one: 1\r\nX-ONE:  2\t\r\nx-two:\r\n\r\n", "200 OK", "",
			http.Header{"X-One": {"1", "2"}, "X-Two": {""}}},
		{"folded", ok + "A: b\r\n  c\r\n\td\r\n\r\n", "200 OK", "", http.Header{"A": {"b c d"}}},
		{"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + ok + "\r\nx", "200 OK", "x", http.Header{}},
		{"chunked", ok + "Transfer-Encoding: Chunked\r\n\r\n3;e=1\r\nabc\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n", "200 OK", "abcde",
			http.Header{"Transfer-Encoding": {"Chunked"}}},
		{"equal lengths", ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", "200 OK", "x",
			http.Header{"Content-Length": {"1", "1"}}},
		{"length, then more", ok + "Content-Length: 1\r\n\r\nxyz", "200 OK", "x", http.Header{"Content-Length": {"1"}}},
		{"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "304 Not Modified", "",
			http.Header{"Content-Length": {"9"}}},
		{"gzip", ok + "Content-Encoding: gzip\r\nA: b\r\n\r\n" + zip, "200 OK", "zipped", http.Header{"A": {"b"}}},
		{"x-gzip twice", ok + "Content-Encoding: X-GZIP\r\n\r\n" + zip + zip, "200 OK", "zippedzipped", http.Header{}},
		{"empty gzip", ok + "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", "200 OK", "", http.Header{}},
		{"other coding", ok + "Content-Encoding: br\r\n\r\nraw", "200 OK", "raw", http.Header{"Content-Encoding": {"br"}}},
		{"redirect without location", "HTTP/1.1 302 Found\r\n\r\nx", "302 Found", "x", http.Header{}},
		{"Latin-1 value", ok + "A: caf\xe9\r\n\r\n", "200 OK", "", http.Header{"A": {"caf\xe9"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := answerWith(t, test.raw)
			if err != nil {
				t.Fatal(err)
			}
			if got.Reason != test.reason || string(got.Body) != test.body || got.Truncated {
				t.Errorf("got %q, body %q, truncated %v", got.Reason, got.Body, got.Truncated)
			}
			if diff := cmp.Diff(test.header, got.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBadAnswers(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	zip := gzipped(strings.Repeat("zipped", 100))
	flood := "A: " + strings.Repeat("x", 1000) + "\r\n"
	const bad, reset = deliver.BadAnswer, deliver.Reset
	tests := []struct {
		name, raw string
		cause     deliver.Cause
		text      string
	}{
		{"another protocol", "SSH-2.0-OpenSSH_9.6\r\n", bad, "malformed status line"},
		{"HTTP/2 preface", "HTTP/2.0 200 OK\r\n\r\n", bad, "malformed status line"},
		{"version", "HTTP/1.7 200 OK\r\n\r\n", bad, "malformed status line"},
		{"short status", "HTTP/1.1 20 OK\r\n\r\n", bad, "malformed status line"},
		{"status no number", "HTTP/1.1 2x0 OK\r\n\r\n", bad, "malformed status line"},
		{"status too low", "HTTP/1.1 099 OK\r\n\r\n", bad, "malformed status line"},
		{"control character in reason", "HTTP/1.1 200 O\x1bK\r\n\r\n", bad, "malformed status line"},
		{"no colon", ok + "what\r\n\r\n", bad, "malformed header line"},
		{"space before colon", ok + "Transfer-Encoding : chunked\r\n\r\n", bad, "malformed header line"},
		{"empty name", ok + ": x\r\n\r\n", bad, "malformed header line"},
		{"continuation of nothing", ok + " x\r\n\r\n", bad, "malformed header line"},
		{"control character", ok + "A: b\x00c\r\n\r\n", bad, "malformed header line"},
		{"carriage return inside", ok + "A: b\rc\r\n\r\n", bad, "malformed header line"},
		{"upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n", bad, "unexpected protocol upgrade"},
		{"header flood", ok + strings.Repeat(flood, 100), bad, "the header is larger than 65536 bytes"},
		{"endless line", ok + "A: " + strings.Repeat("x", 100_000), bad, "the header is larger than 65536 bytes"},
		{"interim flood", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 4000), bad, "the header is larger than 65536 bytes"},
		{"lengths differ", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", bad, "malformed Content-Length"},
		{"negative length", ok + "Content-Length: -1\r\n\r\n", bad, "malformed Content-Length"},
		{"signed length", ok + "Content-Length: +1\r\n\r\nx", bad, "malformed Content-Length"},
		{"huge length", ok + "Content-Length: 9223372036854775807\r\n\r\n", bad, "malformed Content-Length"},
		{"other transfer coding", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", bad, "unsupported Transfer-Encoding"},
		{"bad chunk size", ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", bad, "invalid byte in chunk length"},
		{"bad chunk end", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc", bad, "malformed chunked encoding"},
		{"not gzip", ok + "Content-Encoding: gzip\r\n\r\nplain text, not gzip", bad, "gzip: invalid header"},
		{"gzip ends early", ok + "Content-Encoding: gzip\r\n\r\n" + zip[:20], bad, "the gzip data ends early"},
		{"gzip checksum", ok + "Content-Encoding: gzip\r\n\r\n" + zip[:len(zip)-8] + "12345678", bad, "gzip: invalid checksum"},
		{"nothing", "", reset, ""},
		{"cut status line", "HTTP/1.1 2", reset, ""},
		{"cut header", ok + "A: b\r\n", reset, ""},
		{"cut body", ok + "Content-Length: 9\r\n\r\nxx", reset, ""},
		{"cut chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nxx", reset, ""},
		{"cut trailer", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n", reset, ""},
		{"cut gzip", ok + "Content-Length: 999\r\nContent-Encoding: gzip\r\n\r\n" + zip[:20], reset, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := answerWith(t, test.raw)
			want := "read ECONNRESET"
			if test.cause == bad {
				want = "invalid answer: " + test.text
			}
			wantFailure(t, err, test.cause, want, true)
		})
	}
}

func TestLongBodies(t *testing.T) {
	text := strings.Repeat("0123456789", 50_000)
	bomb := gzipped(strings.Repeat("\x00", 50<<20))
	exact := strings.Repeat("x", deliver.MaxResponse)
	tests := []struct {
		name, raw, want string
		truncated       bool
	}{
		{"length", "Content-Length: 500000\r\n\r\n" + text, text[:deliver.MaxResponse], true},
		{"until close", "\r\n" + text, text[:deliver.MaxResponse], true},
		{"chunked", "Transfer-Encoding: chunked\r\n\r\n7a120\r\n" + text + "\r\n0\r\n\r\n", text[:deliver.MaxResponse], true},
		{"cut after the kept part", "Content-Length: 999999\r\n\r\n" + text, text[:deliver.MaxResponse], true},
		{"exactly", "Content-Length: 102400\r\n\r\n" + exact, exact, false},
		{"gzip", "Content-Encoding: gzip\r\n\r\n" + gzipped(text), text[:deliver.MaxResponse], true},
		{"gzip bomb", "Content-Encoding: gzip\r\n\r\n" + bomb, strings.Repeat("\x00", deliver.MaxResponse), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := answerWith(t, "HTTP/1.1 200 OK\r\n"+test.raw)
			if err != nil {
				t.Fatal(err)
			}
			if string(got.Body) != test.want || got.Truncated != test.truncated {
				t.Errorf("got %d bytes, truncated %v", len(got.Body), got.Truncated)
			}
		})
	}
}

// Each byte comes in time, the whole does not.
func TestSlowDrip(t *testing.T) {
	for name, raw := range map[string]string{
		"header": "HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 100),
		"body":   "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + strings.Repeat("x", 100),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := pipeClient(t, func(_ int, far net.Conn) {
					readOne(bufio.NewReader(far))
					for i := range len(raw) {
						if _, err := far.Write([]byte{raw[i]}); err != nil {
							return
						}
						time.Sleep(time.Second) // virtual time
					}
				})
				start := time.Now()
				_, err := c.Send(limit(t), get(t, "http://127.0.0.1/"))
				wantFailure(t, err, deliver.AnswerTimeout, "ESOCKETTIMEDOUT", true)
				if took := time.Since(start); took != 20*time.Second {
					t.Errorf("took %v, want 20s", took)
				}
			})
		})
	}
}

// FuzzAnswer checks the reader against the one of net/http: what both accept
// they understand alike, and ours keeps its bounds.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		okAnswer, okAnswer + okAnswer, "HTTP/1.0 404 Not Found\n\nx",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzipped("abc"),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		x := newCall(nil)
		x.request = render.Request{Method: http.MethodGet}
		x.in.Reset(bytes.NewReader(raw))
		near, far := net.Pipe()
		defer near.Close()
		defer far.Close()
		got, _, err := x.read(newConn(near, near))
		if err != nil {
			return
		}
		if got.Status < 200 || got.Status > 999 || len(got.Body) > deliver.MaxResponse {
			t.Fatalf("status %d, %d bytes", got.Status, len(got.Body))
		}
		compareWithStandard(t, raw, got)
	})
}

func compareWithStandard(t *testing.T, raw []byte, got deliver.Answer) {
	if bytes.HasPrefix(raw, []byte("HTTP/1.1 1")) || bytes.HasPrefix(raw, []byte("HTTP/1.0 1")) {
		return // net/http's reader gives interim answers to its caller
	}
	want, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil || want.Header.Get("Content-Encoding") != "" {
		return
	}
	body, err := io.ReadAll(want.Body)
	if err != nil || want.ProtoMinor == 0 && want.Header.Get("Transfer-Encoding") != "" {
		return
	}
	if got.Status != want.StatusCode {
		t.Fatalf("status %d, want %d", got.Status, want.StatusCode)
	}
	if !bytes.Equal(got.Body, body[:min(len(body), deliver.MaxResponse)]) {
		t.Fatalf("body %q, want %q", got.Body, body)
	}
}

// TestGzipOfNothing: empty members are 20 bytes each that decode to nothing, so
// the bound on what is kept never ends such an answer.
func TestGzipOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent int
		c := pipeClient(t, func(_ int, far net.Conn) {
			readOne(bufio.NewReader(far))
			io.WriteString(far, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
			nothing := strings.Repeat(gzipped(""), 100)
			for {
				n, err := io.WriteString(far, nothing)
				if sent += n; err != nil || sent > 64<<20 {
					return
				}
			}
		})
		_, err := c.Send(limit(t), get(t, "http://127.0.0.1/"))
		wantFailure(t, err, deliver.BadAnswer, "invalid answer: "+errPadding.Error(), true)
		synctest.Wait() // until the server has noticed
		if sent > 2<<20 {
			t.Errorf("read %d bytes", sent)
		}
	})
}
