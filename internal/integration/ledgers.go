package integration

import (
	"slices"

	"github.com/fieldhook/fieldhook/internal/template"
)

// MaxLedgers is how many ledgers the templates of one integration may name.
const MaxLedgers = 16

// ledgers notes the ledgers that a template names; it stands at path.
func (p *parser) ledgers(path string, t *template.Template) {
	for _, name := range t.Ledgers() {
		if slices.Contains(p.d.Ledgers, name) {
			continue
		}
		if p.d.Ledgers = append(p.d.Ledgers, name); len(p.d.Ledgers) > MaxLedgers {
			p.fail(path, "the templates of an integration name at most %d ledgers.", MaxLedgers)
		}
	}
}
