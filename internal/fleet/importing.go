package fleet

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// importChunk is how many devices one transaction of an import, or of deleting
// a product, changes.
const importChunk = 1000

// Imported says what became of the lines of an import (cloud API reference,
// section 8.1). Updated and Existing hold device ids, the others the lines as
// they came.
type Imported struct {
	Updated   []string // are in the product now
	Existing  []string // were in it before
	NonMember []string // belong to somebody else
	Invalid   []string // are unknown, malformed, of another platform or in another product
}

// Import adds devices to a product. A line is a device id, a serial number, an
// IMEI or an ICCID; ids that nobody knows are registered unless the
// operator forbids it.
// Devices are changed in chunks: after an interruption the same import goes on
// where it stopped, because what is done already is no error.
//
// Many lines are sorted first: the chunks then write neighbouring places of the
// store's indexes, which is several times faster than places all over them.
func (s *Service) Import(ctx context.Context, p *Product, user string, lines []string) (Imported, error) {
	var out Imported
	if len(lines) > importChunk {
		lines = slices.Clone(lines)
		slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	}
	for len(lines) > 0 {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		n := min(len(lines), importChunk)
		err := s.importChunk(ctx, p, user, lines[:n], &out)
		if err != nil {
			return out, err
		}
		lines = lines[n:]
	}
	return out, nil
}

func (s *Service) importChunk(ctx context.Context, p *Product, user string, lines []string, out *Imported) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if _, err := s.store.ProductByID(ctx, p.ID); err != nil {
		return err // deleted since the last chunk
	}
	const tries = 3 // another import may register the same ids meanwhile
	for try := 1; ; try++ {
		known, err := s.known(ctx, lines)
		if err != nil {
			return err
		}
		c := chunk{product: p, user: user, register: s.registerOnImport, now: s.now().UnixMilli(), seen: map[string]bool{}}
		for _, line := range lines {
			c.sort(line, known[line])
		}
		err = s.store.InsertDevice(ctx, c.fresh...)
		if fault.Is(err, fault.Conflict) && try < tries {
			continue
		}
		if err == nil {
			err = s.moved(ctx, c.moved)
		}
		if err == nil {
			out.add(&c.out)
		}
		return err
	}
}

// known finds the devices that lines name, by line.
func (s *Service) known(ctx context.Context, lines []string) (map[string]*Device, error) {
	byKey := map[string][]string{} // lines by id or number
	var ids, numbers []string
	for _, line := range lines {
		key := strings.ToUpper(line)
		if isID(line) {
			key = strings.ToLower(line)
			ids = append(ids, key)
		} else if isNumber(key) && key != "" {
			numbers = append(numbers, key)
		}
		byKey[key] = append(byKey[key], line)
	}
	byID, err := s.store.DevicesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	byNumber, err := s.store.DevicesByNumber(ctx, numbers)
	if err != nil {
		return nil, err
	}
	known := map[string]*Device{}
	for i, d := range append(byID, byNumber...) {
		keys := []string{d.ID}
		if i >= len(byID) {
			keys = []string{d.Serial, d.ICCID, d.IMEI}
		}
		for _, key := range keys {
			for _, line := range byKey[key] {
				known[line] = &d
			}
		}
	}
	return known, nil
}

// chunk sorts the lines of one transaction.
type chunk struct {
	product  *Product
	user     string
	register bool
	now      int64

	seen         map[string]bool // device ids
	fresh, moved []Device
	out          Imported
}

func (c *chunk) sort(line string, d *Device) {
	switch {
	case d == nil && c.register && isID(line):
		c.add(strings.ToLower(line))
	case d == nil:
		c.out.Invalid = append(c.out.Invalid, line)
	case c.seen[d.ID]: // named in two ways
	case d.Product == c.product.ID && !d.Denied:
		c.seen[d.ID] = true
		c.out.Existing = append(c.out.Existing, d.ID)
	case d.Product == c.product.ID:
		c.move(*d)
	case d.Product != 0 || d.Platform != 0 && c.product.Platform != 0 && d.Platform != c.product.Platform:
		c.out.Invalid = append(c.out.Invalid, line)
	case d.Owner != "" && d.Owner != c.user: // also the product owner's: others of the team must not take it in
		c.out.NonMember = append(c.out.NonMember, line)
	default:
		c.move(*d)
	}
}

func (c *chunk) add(id string) {
	if c.seen[id] {
		return
	}
	c.seen[id] = true
	c.fresh = append(c.fresh, Device{ID: id, Product: c.product.ID, Platform: c.product.Platform, Created: c.now})
	c.out.Updated = append(c.out.Updated, id)
}

// move brings a known device in; one that was denied is welcome again.
func (c *chunk) move(d Device) {
	d.Product, d.Denied = c.product.ID, false
	if d.Platform == 0 {
		d.Platform = c.product.Platform
	}
	c.seen[d.ID] = true
	c.moved = append(c.moved, d)
	c.out.Updated = append(c.out.Updated, d.ID)
}

func (i *Imported) add(o *Imported) {
	i.Updated = append(i.Updated, o.Updated...)
	i.Existing = append(i.Existing, o.Existing...)
	i.NonMember = append(i.NonMember, o.NonMember...)
	i.Invalid = append(i.Invalid, o.Invalid...)
}
