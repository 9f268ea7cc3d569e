# Prints the tests that a "go test -v" log tells were skipped, with the reason
# that they gave last.
$1 == "===" && ($2 == "RUN" || $2 == "CONT" || $2 == "NAME") { test = $3; next }
/^ *[A-Za-z0-9_]+\.go:[0-9]+: / { why = $0; sub(/^ *[^ ]+ /, "", why); reason[test] = why; next }
$1 == "---" && $2 == "SKIP:" { print "  " $3 (reason[$3] != "" ? ": " reason[$3] : ""); n++ }
END { if (!n) print "  no test" }
