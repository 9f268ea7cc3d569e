package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks the file as ours in SQLite's header: "Fdhk" in ASCII.
const applicationID = 0x4664686b

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date, unless they are newer than this
// program.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := newProvider(db)
	if err != nil {
		return err
	}
	current, newest, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > newest {
		return fmt.Errorf("a newer Fieldhook wrote this store (schema %d, this program knows %d)", current, newest)
	}
	_, err = p.Up(ctx)
	return err
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, dir,
		goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
}

// claim marks an empty file as ours and refuses the file of another program.
//
// It uses a connection without the usual settings, because those would change
// a foreign file, and because a page size is kept only if it is written before
// the switch to the write-ahead log.
func claim(ctx context.Context, path string) error {
	db, err := openPool(path, url.Values{"_pragma": {"page_size(8192)"}}, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	var id, tables int
	err = db.QueryRowContext(ctx, "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id").Scan(&id, &tables)
	switch {
	case isCode(err, sqlite3.SQLITE_NOTADB):
		return errors.New("this file is not a SQLite database")
	case err != nil || id == applicationID:
		return err
	case id != 0 || tables != 0:
		return errors.New("this SQLite database belongs to another program")
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// isCode says whether err is SQLite's with the given result code, which may be
// a primary or an extended one.
func isCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == code || e.Code()&0xff == code)
}
