package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
)

// bulk is one statement prepared for several numbers of rows, so that many
// rows cost few calls.
type bulk struct {
	width int // arguments of a row
	sizes []int
	stmts []driver.StmtExecContext // one per size
	args  []driver.NamedValue      // for the largest size, used again and again
}

// run executes the statement for n rows; fill sets the values of row i. The
// values of the last call stay referenced until the next one.
func (b *bulk) run(ctx context.Context, n int, fill func(i int, args []driver.NamedValue)) error {
	i := 0
	for k, size := range b.sizes {
		for ; n-i >= size; i += size {
			for row := range size {
				fill(i+row, b.args[row*b.width:(row+1)*b.width])
			}
			if _, err := b.stmts[k].ExecContext(ctx, b.args[:size*b.width]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bulk) close() {
	if b == nil {
		return
	}
	for _, s := range b.stmts {
		closeStatement(s)
	}
}

// preparer prepares statements on a driver's connection and keeps the first
// error.
type preparer struct {
	conn driver.ConnPrepareContext
	err  error
}

func (p *preparer) statement(query string) driver.StmtExecContext {
	if p.err != nil {
		return nil
	}
	s, err := p.conn.PrepareContext(context.Background(), query)
	if err != nil {
		p.err = err
		return nil
	}
	return s.(driver.StmtExecContext)
}

// bulk prepares begin + row,row,… + end for 64, 16, 4 rows and 1 row.
func (p *preparer) bulk(begin, row, end string, width int) *bulk {
	b := &bulk{width: width, sizes: []int{64, 16, 4, 1}}
	for _, size := range b.sizes {
		rows := strings.TrimSuffix(strings.Repeat(row+",", size), ",")
		b.stmts = append(b.stmts, p.statement(begin+rows+end))
	}
	b.args = arguments(64 * width)
	return b
}

// single prepares a statement that takes one row at a time.
func (p *preparer) single(query string, width int) *bulk {
	return &bulk{
		width: width,
		sizes: []int{1},
		stmts: []driver.StmtExecContext{p.statement(query)},
		args:  arguments(width),
	}
}

func arguments(n int) []driver.NamedValue {
	args := make([]driver.NamedValue, n)
	for i := range args {
		args[i].Ordinal = i + 1
	}
	return args
}

func closeStatement(s driver.StmtExecContext) {
	if c, ok := s.(driver.Stmt); ok {
		c.Close()
	}
}
