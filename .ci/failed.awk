# Prints what a "go test -v" log says about failures: the lines of every test
# that failed, and everything that belongs to no test (build errors, panics).
$1 == "===" { test = $3; next }
$1 == "---" && ($2 == "PASS:" || $2 == "SKIP:") { delete said[$3]; test = ""; next }
$1 == "---" && $2 == "FAIL:" { print; printf "%s", said[$3]; delete said[$3]; test = ""; next }
/^(ok|PASS|\?)/ { test = ""; next }
test != "" { said[test] = said[test] $0 "\n"; next }
{ print }
END { for (t in said) printf "%s (not finished)\n%s", t, said[t] }
