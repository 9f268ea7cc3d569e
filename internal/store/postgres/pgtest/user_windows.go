package pgtest

import "os/exec"

// unprivileged says that the start script needs a Unix shell.
func unprivileged(*exec.Cmd, string) error { return errMissing }
