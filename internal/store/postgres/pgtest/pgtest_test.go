package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/store/postgres/pgtest"
)

func TestEachDatabaseIsNew(t *testing.T) {
	for range 2 {
		dsn := pgtest.New(t)
		pgtest.Exec(t, dsn, "CREATE TABLE t (x int); INSERT INTO t VALUES (7)")
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		var x int
		var fsync string
		if err := conn.QueryRow(t.Context(), "SELECT x, current_setting('fsync') FROM t").Scan(&x, &fsync); err != nil {
			t.Fatal(err)
		}
		if x != 7 || fsync != "on" {
			t.Errorf("got %d and fsync %s, want 7 and on", x, fsync)
		}
	}
}
