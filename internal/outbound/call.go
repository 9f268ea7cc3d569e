package outbound

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// maxSpare is the largest request buffer, in bytes, kept for later calls.
const maxSpare = 64 << 10

// call is the state of one Send with its buffers; it is reused, so that a
// call on a kept connection allocates little besides its answer.
type call struct {
	client   *Client
	ctx      context.Context
	deadline time.Time // zero = none
	start    time.Time
	timing   deliver.Timing
	wrote    bool // the bytes of a request were written completely
	answered bool // a byte of the current answer came

	request render.Request // the caller's, with our own header fields
	fields  []render.Field
	out     []byte // the request as it is written
	in      *bufio.Reader
	text    []byte // the head as it is read
	body    body
	kept    []byte           // the decoded body
	bounded io.LimitedReader // the body, as much of it as may be unzipped
	zipped  *bufio.Reader    // between bounded and unzip, which wants single bytes
	unzip   *gzip.Reader     // made when first needed
}

func newCall(c *Client) *call {
	return &call{client: c, in: bufio.NewReaderSize(nil, 4<<10)}
}

func (x *call) begin(ctx context.Context) {
	x.ctx = ctx
	x.deadline, _ = ctx.Deadline()
	x.start = time.Now()
	x.timing = deliver.Timing{}
	x.wrote = false
}

// end lets go of everything that belongs to the caller.
func (x *call) end() {
	x.ctx = nil
	x.request = render.Request{}
	clear(x.fields)
	x.in.Reset(nil)
	x.body = body{}
	x.bounded = io.LimitedReader{}
	if cap(x.out) > maxSpare {
		x.out = nil
	}
}

// once sends r to its target, without following a redirect. A kept connection
// that dies before a byte of the answer lost the race with its peer's idle
// time-out; that is the only case in which a request is written again.
func (x *call) once(r *render.Request) (deliver.Answer, error) {
	t, err := targetOf(r)
	if err != nil {
		return deliver.Answer{}, unsendable(err)
	}
	if err := x.ctx.Err(); err != nil {
		return deliver.Answer{}, connectFailure(t.host, err)
	}
	x.serialise(r)
	x.answered = false
	if c := x.client.idle.get(t, x.start); c != nil {
		answer, err := x.exchange(c, t)
		if err == nil || x.answered || timedOut(err) {
			return answer, answerFailure(err)
		}
	}
	c, err := x.client.dialer.connect(x.ctx, t, r.TLS, &x.timing)
	if err != nil {
		return deliver.Answer{}, err
	}
	answer, err := x.exchange(c, t)
	return answer, answerFailure(err)
}

// serialise writes r, asking for gzip unless r asks for something itself.
func (x *call) serialise(r *render.Request) {
	x.request = *r
	if !hasField(r.Header, "Accept-Encoding") {
		x.fields = append(x.fields[:0], r.Header...)
		x.fields = append(x.fields, render.Field{Name: "Accept-Encoding", Value: "gzip"})
		x.request.Header = x.fields
	}
	x.out = x.request.AppendWire(x.out[:0])
}

// exchange writes the request on c and reads the answer. It hands c back to
// the pool or closes it.
func (x *call) exchange(c *conn, t target) (deliver.Answer, error) {
	err := c.arm(x.deadline, grain)
	if err != nil {
		c.Close()
		return deliver.Answer{}, err
	}
	release := x.watch(c)
	answer, reusable, err := x.speak(c)
	if !release() || err != nil || !reusable {
		c.Close()
		return answer, x.cancelled(err)
	}
	x.client.idle.put(t, c)
	return answer, nil
}

// watch aborts c when the context ends. The returned func ends the watch; false
// means that the abort has begun, so c must not be used again.
func (x *call) watch(c *conn) (release func() bool) {
	if x.ctx.Done() == nil {
		return unwatched
	}
	return context.AfterFunc(x.ctx, c.abort)
}

func unwatched() bool { return true }

// cancelled adds the context's cancellation to a time-out that came from it.
func (x *call) cancelled(err error) error {
	if err != nil && errors.Is(x.ctx.Err(), context.Canceled) {
		return errors.Join(context.Canceled, err)
	}
	return err
}

// speak does the talking on c. A write that failed may still be answered (a
// server that refuses a large body answers before it closes), so the answer is
// read all the same, unless the time is up.
func (x *call) speak(c *conn) (answer deliver.Answer, reusable bool, err error) {
	_, writeErr := c.Write(x.out)
	if writeErr != nil && timedOut(writeErr) {
		return answer, false, writeErr
	}
	x.wrote = x.wrote || writeErr == nil
	written := time.Now()
	x.in.Reset(c)
	if _, err = x.in.Peek(1); err != nil {
		return answer, false, err
	}
	x.answered = true
	x.timing.FirstByte = time.Since(written)
	answer, reusable, err = x.read(c)
	return answer, reusable && writeErr == nil, err
}

// failed completes the error of a call with what only the call knows.
func (x *call) failed(err error) error {
	var e *deliver.CallError
	if errors.As(err, &e) {
		e.Wrote, e.Timing = x.wrote, x.timing
	}
	return err
}

// read reads the answer whose first byte has come.
func (x *call) read(c *conn) (deliver.Answer, bool, error) {
	h, err := x.readFinalHead()
	if err != nil {
		return deliver.Answer{}, false, err
	}
	if err = x.body.open(x.in, h, x.request.Method); err != nil {
		return deliver.Answer{}, false, err
	}
	answer := deliver.Answer{Status: h.status, Reason: h.reason, Header: h.header}
	answer.Body, answer.Truncated, err = x.readBody(h)
	if err != nil {
		return deliver.Answer{}, false, err
	}
	reusable := h.keepAlive() && x.body.drain(c) && x.in.Buffered() == 0
	return answer, reusable, nil
}
