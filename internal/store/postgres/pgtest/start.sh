# Runs a throw-away PostgreSQL cluster until standard input ends, which it does
# when the test binary exits, however it exits. Then it leaves nothing behind.
#
# Arguments: folder of the binaries, folder for the cluster, port.
# Prints "ready" or the reason for the failure.
trap '' INT TERM HUP
bin=$1 dir=$2 port=$3
"$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C -N >"$dir/initdb.log" 2>&1 &&
	"$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 \
		-o "-c listen_addresses=127.0.0.1 -p $port -k $dir -c max_connections=200" start >"$dir/start.log" 2>&1 &&
	echo ready || tail -n 3 "$dir"/*.log
cat >/dev/null
"$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1
rm -rf "$dir"
