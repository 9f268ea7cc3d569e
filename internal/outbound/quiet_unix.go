//go:build unix

package outbound

import "syscall"

// quiet peeks at a socket (which Go keeps non-blocking) and says whether it is
// open with nothing to read.
func quiet(fd uintptr) bool {
	var b [1]byte
	for {
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		if err != syscall.EINTR {
			return err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
		}
	}
}
