package records

import (
	"context"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fleet"
)

// sortColumns are the columns of an index that begins with the product. With the
// owner begin those by name and by creation; the rest of an owner's devices is
// sorted, because presence writes it too often for one more index.
var sortColumns = map[fleet.Sort]string{
	fleet.ByID: "id", fleet.ByName: "name_key", fleet.ByFirmware: "firmware", fleet.ByHeard: "heard", fleet.ByCreation: "created",
}

// ProductDevices implements fleet.ProductDevices. The ids of the page come from
// an index alone, so that the rows of the pages before it are not read.
func (s *Store) ProductDevices(ctx context.Context, q fleet.Query) ([]fleet.Device, error) {
	where, texts, args := filter(&q)
	if texts != "" { // found first, then sorted
		where += " AND id IN (SELECT id FROM device" + whose(&q) + texts + ")"
	}
	order, n := orderOf(&q), len(args)
	page := "SELECT id FROM device" + where + " ORDER BY " + order + " LIMIT $" + strconv.Itoa(n+1) + " OFFSET $" + strconv.Itoa(n+2)
	args = append(args, q.Limit, q.Offset)
	return collect(ctx, s, "devices", scanDevice, deviceColumns+"WHERE id IN ("+page+") ORDER BY "+order, args...)
}

func orderOf(q *fleet.Query) string {
	order := "id"
	if column := sortColumns[q.Sort]; column != "" && column != "id" {
		order = column + ", id"
	}
	if q.Down {
		order = strings.ReplaceAll(order, ",", " DESC,") + " DESC"
	}
	return order
}

// CountProductDevices implements fleet.ProductDevices.
func (s *Store) CountProductDevices(ctx context.Context, q fleet.Query) (int64, error) {
	where, texts, args := filter(&q)
	n, err := s.count(ctx, "count of devices", "SELECT count(*) FROM device"+where+texts, args...)
	return int64(n), err
}

// whose begins the condition of a query.
func whose(q *fleet.Query) string {
	if q.Owner != "" {
		return " WHERE owner = $1"
	}
	return " WHERE product = $1"
}

// filter gives the condition of a query, what it asks of texts, and the
// arguments. Each part is answered by an index alone, too: device_by_name and
// device_owner_by_name hold all the texts.
func filter(q *fleet.Query) (where, texts string, args []any) {
	where, args = whose(q), []any{q.Product}
	if q.Owner != "" {
		args[0] = q.Owner
	}
	partOfID := q.ID
	if event.IsID(q.ID) {
		args, partOfID = append(args, q.ID), ""
		where += " AND id = $2"
	}
	for _, part := range []struct{ column, text string }{{"id", partOfID}, {"name_key", q.Name}, {"serial", q.Serial}} {
		if part.text != "" {
			args = append(args, "%"+likeEscapes.Replace(part.text)+"%")
			texts += " AND " + part.column + " LIKE $" + strconv.Itoa(len(args)) + ` ESCAPE '\'`
		}
	}
	if q.Text != "" {
		part := likeEscapes.Replace(q.Text)
		texts += " AND (" + likes(len(args)+1, "id", "name_key", "serial") + ")"
		args = append(args, "%"+part+"%", "%"+part+"%", "%"+strings.ToUpper(part)+"%")
	}
	switch {
	case q.Quarantined == nil:
	case *q.Quarantined:
		where += " AND quarantined"
	case q.Owner != "":
		where += " AND NOT quarantined"
	default:
		where += " AND id NOT IN (SELECT id FROM device WHERE product = $1 AND quarantined)"
	}
	if q.Groups != nil {
		of := "product = $1 AND "
		if q.Owner != "" {
			of = ""
		}
		where += " AND id IN (SELECT device FROM device_group WHERE " + of + "name IN " + list(len(args)+1, len(q.Groups)) + ")"
		args = append(args, anys(q.Groups)...)
	}
	return where, texts, args
}

// likes asks whether one of the columns is like its own argument.
func likes(from int, columns ...string) string {
	var b strings.Builder
	for i, column := range columns {
		if i > 0 {
			b.WriteString(" OR ")
		}
		b.WriteString(column + " LIKE $" + strconv.Itoa(from+i) + ` ESCAPE '\'`)
	}
	return b.String()
}

// likeEscapes takes the meaning from the wildcards of LIKE.
var likeEscapes = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)
