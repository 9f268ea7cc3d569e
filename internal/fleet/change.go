package fleet

import (
	"strings"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of a device's texts, in bytes, and numbers.
const (
	maxNotes    = 4096
	maxNumber   = 64
	maxFirmware = 65_535
)

// Change is what people may say about a device; nil = as it was. In the sandbox
// only Name and Notes are taken.
type Change struct {
	Name, Notes                      *string
	Serial, ICCID, IMEI              *string
	Groups                           *[]string
	Development, Quarantined, Denied *bool
	Firmware, Desired                *int // 0 = none
}

// apply checks name and notes and changes them.
func (c *Change) apply(d *Device) error {
	if c.Name != nil {
		if err := checkName(*c.Name); err != nil {
			return err
		}
		d.Name = *c.Name
	}
	if c.Notes != nil {
		if len(*c.Notes) > maxNotes || !utf8.ValidString(*c.Notes) || strings.ContainsRune(*c.Notes, 0) {
			return fault.Field("notes", "They have at most %d bytes of UTF-8.", maxNotes)
		}
		d.Notes = *c.Notes
	}
	return nil
}

// applyInProduct is apply for everything.
func (c *Change) applyInProduct(d *Device) (err error) {
	if err := c.apply(d); err != nil {
		return err
	}
	for _, n := range []struct {
		field    string
		from, to *string
	}{{"serial_number", &d.Serial, c.Serial}, {"iccid", &d.ICCID, c.ICCID}, {"imei", &d.IMEI, c.IMEI}} {
		if n.to == nil {
			continue
		}
		if *n.from = strings.ToUpper(strings.TrimSpace(*n.to)); !isNumber(*n.from) {
			return fault.Field(n.field, "It has at most %d letters and digits.", maxNumber)
		}
	}
	for _, n := range []struct {
		field    string
		from, to *int
	}{{"firmware_version", &d.Firmware, c.Firmware}, {"desired_firmware_version", &d.Desired, c.Desired}} {
		if n.to == nil {
			continue
		}
		if *n.to < 0 || *n.to > maxFirmware {
			return fault.Field(n.field, "It must be a number from 1 to %d, or null.", maxFirmware)
		}
		*n.from = *n.to
	}
	for _, b := range []struct{ from, to *bool }{{&d.Development, c.Development}, {&d.Quarantined, c.Quarantined}, {&d.Denied, c.Denied}} {
		if b.to != nil {
			*b.from = *b.to
		}
	}
	if c.Groups != nil {
		d.Groups, err = groupsOf(*c.Groups)
	}
	return err
}

// isNumber says whether a text may be a serial number, ICCID or IMEI: letters,
// digits and dashes; "" is none.
func isNumber(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return len(s) <= maxNumber
}
