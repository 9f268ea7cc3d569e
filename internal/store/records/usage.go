package records

import (
	"context"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// UsageMarks implements usage.Store.
func (s *Store) UsageMarks(ctx context.Context) ([]usage.Mark, error) {
	scan := func(r Rows) (m usage.Mark, err error) {
		err = r.Scan(&m.Shard, &m.Seq, &m.Part)
		return m, err
	}
	return collect(ctx, s, "usage marks", scan, "SELECT shard, seq, part FROM usage_mark")
}

// AddUsage implements usage.Store.
func (s *Store) AddUsage(ctx context.Context, rows []usage.Row, m usage.Mark) error {
	const mark = "INSERT INTO usage_mark (shard, seq, part) VALUES ($1, $2, $3)" +
		" ON CONFLICT (shard) DO UPDATE SET seq = excluded.seq, part = excluded.part WHERE usage_mark.part < excluded.part"
	return s.db.Change(ctx, "add usage", func(ctx context.Context, tx Tx) error {
		moved, err := tx.Exec(ctx, mark, m.Shard, m.Seq, m.Part)
		if err != nil || moved == 0 {
			return err
		}
		for left := rows; len(left) > 0; {
			n := min(len(left), usageRows)
			if err := addUsage(ctx, tx, left[:n]); err != nil {
				return err
			}
			left = left[n:]
		}
		return nil
	})
}

// usageRows is how many rows one statement adds at the most, usageColumns what
// each has.
const (
	usageRows    = 100
	usageColumns = 10
)

func addUsage(ctx context.Context, tx Tx, rows []usage.Row) error {
	args := make([]any, 0, len(rows)*usageColumns)
	for _, r := range rows {
		args = append(args, r.Owner, r.Day, r.Device, r.Product, r.Org, r.Events, r.Published, r.Received, r.Refused, r.RefusedStreams)
	}
	_, err := tx.Exec(ctx, "INSERT INTO usage_day (owner, day, device, product, org, events, published, received, refused, refused_streams) VALUES "+
		places(len(rows), usageColumns)+" ON CONFLICT (owner, day, device, product, org) DO UPDATE SET"+
		" events = usage_day.events + excluded.events, published = usage_day.published + excluded.published,"+
		" received = usage_day.received + excluded.received, refused = usage_day.refused + excluded.refused,"+
		" refused_streams = usage_day.refused_streams + excluded.refused_streams", args...)
	return err
}

// places gives "($1,$2),($3,$4)" for two rows of two columns.
func places(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("($")
		case i%columns == 0:
			b.WriteString("),($")
		default:
			b.WriteString(",$")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	return b.String() + ")"
}

// Usage implements usage.Store.
func (s *Store) Usage(ctx context.Context, q usage.Query) ([]usage.Row, error) {
	by := map[usage.By]string{usage.Day: "day", usage.Device: "device", usage.Product: "product"}[q.By]
	scan := func(r Rows) (row usage.Row, err error) {
		key := map[usage.By]any{usage.Day: &row.Day, usage.Device: &row.Device, usage.Product: &row.Product}[q.By]
		err = r.Scan(key, &row.Events, &row.Published, &row.Received, &row.Refused, &row.RefusedStreams)
		return row, err
	}
	query := "SELECT " + by
	for _, c := range []string{"events", "published", "received", "refused", "refused_streams"} {
		query += ", CAST(sum(" + c + ") AS BIGINT)" // the sum of whole numbers is no whole number everywhere
	}
	whose, id := "owner = $1", any(q.Scope.ID)
	switch q.Scope.Kind {
	case scope.Product:
		whose, id = "product <> 0 AND product = $1", q.Scope.Number()
	case scope.Organization:
		whose = "org <> '' AND org = $1" // so that the index serves
	}
	query += " FROM usage_day WHERE " + whose + " AND day >= $2 AND day <= $3 AND device > $4" +
		" AND (CAST($5 AS TEXT) = '' OR device = $5) AND (CAST($6 AS BIGINT) < 0 OR product = $6) GROUP BY " + by + " ORDER BY " + by + " LIMIT $7"
	return collect(ctx, s, "usage", scan, query, id, q.From, q.To, q.After, q.Device, q.Product, q.Limit)
}

// PruneUsage deletes what was used on days before day.
func (s *Store) PruneUsage(ctx context.Context, day int64) error {
	return s.db.Change(ctx, "prune usage", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM usage_day WHERE day < $1", day)
		return err
	})
}
