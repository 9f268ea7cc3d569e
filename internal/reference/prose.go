package reference

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// prose turns the texts of the description into HTML. It knows the little that
// they use: paragraphs, tables, `code`, **strong**, and *the summary of a route*,
// which becomes a link.
type prose struct {
	links map[string]string // ids of routes by their summaries
}

var (
	strong = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emph   = regexp.MustCompile(`\*([^*]+)\*`)
)

// html gives blocks.
func (p *prose) html(text string) template.HTML {
	var b strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		switch {
		case block == "":
		case strings.HasPrefix(block, "|"):
			p.table(&b, strings.Split(block, "\n"))
		default:
			b.WriteString("<p>" + p.line(block) + "</p>\n")
		}
	}
	return template.HTML(b.String()) // every part of it was escaped by line
}

// table writes rows of cells between bars; the second row only parts the head
// from the rest.
func (p *prose) table(b *strings.Builder, rows []string) {
	b.WriteString("<table>\n")
	for i, row := range rows {
		tag := "td"
		switch i {
		case 0:
			tag = "th"
		case 1:
			continue
		}
		b.WriteString("<tr>")
		for cell := range strings.SplitSeq(strings.Trim(row, "| "), "|") {
			b.WriteString("<" + tag + ">" + p.line(strings.TrimSpace(cell)) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
}

// inline gives a text without blocks.
func (p *prose) inline(text string) template.HTML {
	return template.HTML(p.line(strings.TrimSpace(text))) // escaped by line
}

// line escapes a text and marks it up. What stands in backquotes is taken as it
// is.
func (p *prose) line(text string) string {
	parts := strings.Split(html.EscapeString(text), "`")
	for i, part := range parts {
		if i%2 == 1 {
			parts[i] = "<code>" + part + "</code>"
			continue
		}
		part = strong.ReplaceAllString(part, "<strong>$1</strong>")
		parts[i] = emph.ReplaceAllStringFunc(part, func(s string) string {
			name := strings.Trim(s, "*")
			if id := p.links[html.UnescapeString(name)]; id != "" {
				return `<a href="#` + id + `">` + name + `</a>`
			}
			return "<em>" + name + "</em>"
		})
	}
	return strings.Join(parts, "")
}
