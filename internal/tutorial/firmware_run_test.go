package tutorial

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// compileAndRun compiles a program with a stand-in of its board and gives what
// it printed.
func compileAndRun(t *testing.T, args ...string) string {
	t.Helper()
	compiler, err := exec.LookPath("g++")
	if err != nil {
		t.Skip("no C++ compiler")
	}
	binary := filepath.Join(t.TempDir(), "demo")
	args = append([]string{"-std=gnu++17", "-Wall", "-Werror", "-o", binary}, args...)
	if out, err := exec.CommandContext(t.Context(), compiler, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	printed, err := exec.CommandContext(t.Context(), binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(printed)
}

// The program publishes at once, after five minutes and at a click; with power
// management, more of it.
func TestDeviceOSProgram(t *testing.T) {
	for power, rest := range []string{"", `,"powerSource":5,"soc":81\.25`} {
		printed := compileAndRun(t, fmt.Sprint("-DPOWER=", power), "-Itestdata/boards", "firmware/device-os/src/webhook-demo.cpp", "testdata/boards/run.cpp")
		reading := `info publishing \{.*\}\npublish WebhookDemo01 \{"id":%d,"t":-?[0-9.]+` + rest + `\}\n`
		want := regexp.MustCompile(`^variable WebhookDemo01 1\nsubscribe e00f00000000000000000001/hook-response/WebhookDemo01\n` +
			fmt.Sprintf(strings.Repeat(reading, 3), 7, 8, 9) +
			`info e00f00000000000000000001/hook-response/WebhookDemo01/0: \{"ok":true\}\ninfo e00f00000000000000000001/hook-response/WebhookDemo01/0: \n$`)
		if !want.MatchString(printed) {
			t.Errorf("power management %d: the program printed\n%s", power, printed)
		}
	}
}

func TestArduinoProgram(t *testing.T) {
	printed := compileAndRun(t, "-Itestdata/boards/arduino", "-include", "Arduino.h", "-x", "c++", "firmware/arduino/webhook-demo/webhook-demo.ino", "testdata/boards/arduino/run.cpp")
	const as = ` Authorization=Bearer token`
	publish := func(id int, t string) string {
		return fmt.Sprintf("publishing {\"id\":%d,\"t\":%s}\nPOST http://192.168.1.10:8080/v1/devices/events%s Content-Type=application/json {\"name\":\"WebhookDemo01\",\"data\":\"{\\\"id\\\":%d,\\\"t\\\":%s}\"}\n", id, t, as, id, t)
	}
	want := "GET http://192.168.1.10:8080/v1/devices/events/0123456789abcdef01234567/hook-response/WebhookDemo01" + as + "\n" +
		publish(7, "7") + "event: a/hook-response/WebhookDemo01/0\ndata: {}\n" + publish(8, "7.5") + publish(9, "8")
	if printed != want {
		t.Errorf("the program printed\n%s\nwant\n%s", printed, want)
	}
}
