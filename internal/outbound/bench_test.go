package outbound

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/render"
)

const benchAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" +
	"Date: Mon, 05 Jan 2026 10:00:00 GMT\r\nContent-Length: 11\r\n\r\n{\"ok\":true}"

const benchBody = `{"event":"temp","data":"21.5","published_at":"2026-01-05T10:00:00.000Z","coreid":"0123456789abcdef01234567"}`

// benchServer answers each request, which ends with benchBody, with next to no
// work of its own.
func benchServer(b *testing.B) string {
	address, _ := listen(b, func(c net.Conn) {
		buf, n := make([]byte, 4096), 0
		for {
			m, err := c.Read(buf[n:])
			if err != nil {
				return
			}
			if n += m; bytes.HasSuffix(buf[:n], []byte(benchBody)) {
				n = 0
				if _, err = io.WriteString(c, benchAnswer); err != nil {
					return
				}
			}
		}
	})
	return "http://" + address + "/hook"
}

func benchRequest(b *testing.B, address string) *render.Request {
	r := post(b, address, benchBody)
	r.Header = []render.Field{
		{Name: "User-Agent", Value: "Fieldhook/1.0"},
		{Name: "Content-Type", Value: "application/json"}, {Name: "Accept", Value: "application/json"},
	}
	return r
}

func BenchmarkSend(b *testing.B) {
	c := loopbackClient(b, Options{})
	r := benchRequest(b, benchServer(b))
	b.ReportAllocs()
	for b.Loop() {
		ctx := deadlineOnly{context.Background(), time.Now().Add(20 * time.Second)}
		if a, err := c.Send(ctx, r); err != nil || len(a.Body) != 11 {
			b.Fatal(err)
		}
	}
}

// BenchmarkSendCancellable is what a context that can be cancelled costs.
func BenchmarkSendCancellable(b *testing.B) {
	c := loopbackClient(b, Options{})
	r := benchRequest(b, benchServer(b))
	b.ReportAllocs()
	for b.Loop() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		if a, err := c.Send(ctx, r); err != nil || len(a.Body) != 11 {
			b.Fatal(err)
		}
		cancel()
	}
}

func BenchmarkSendParallel(b *testing.B) {
	c := loopbackClient(b, Options{})
	r := benchRequest(b, benchServer(b))
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			ctx := deadlineOnly{context.Background(), time.Now().Add(20 * time.Second)}
			if _, err := c.Send(ctx, r); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// standard sends the same request with net/http, as a yardstick.
func standard(client *http.Client, address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(benchBody))
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", "Fieldhook/1.0")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.ReadAll(answer.Body)
	return err
}

func standardClient(b *testing.B) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 128}
	b.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func BenchmarkStandard(b *testing.B) {
	client, address := standardClient(b), benchServer(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := standard(client, address); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStandardParallel(b *testing.B) {
	client, address := standardClient(b), benchServer(b)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := standard(client, address); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
