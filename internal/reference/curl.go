package reference

import (
	"regexp"
	"strings"
)

var inBraces = regexp.MustCompile(`\{([a-z]+)\}`)

// curl is a command line that uses a route; people put a token into $TOKEN and
// ids where capital letters stand.
func (r *reader) curl(e *found) string {
	path := inBraces.ReplaceAllStringFunc(e.path, func(s string) string { return strings.ToUpper(strings.Trim(s, "{}")) })
	lines := []string{"curl " + r.base + path}
	if strings.Contains(path, "/events") && e.Method == "GET" && e.operation.get("responses", "200", "content", "text/event-stream") != nil {
		lines[0] = "curl -N " + r.base + path
	}
	content := e.operation.get("requestBody", "content").pairs()
	if e.Method != "GET" && (e.Method != "POST" || len(content) == 0) {
		lines[0] = "curl -X " + e.Method + " " + r.base + path
	}
	if e.Needs != "open to all" {
		lines = append(lines, `-H "Authorization: Bearer $TOKEN"`)
	}
	if len(content) > 0 {
		lines = append(lines, dataOf(content[0])...)
	}
	return strings.Join(lines, " \\\n  ")
}

// dataOf gives the options that send the example of a request.
func dataOf(media member) (lines []string) {
	example := media.value.get("example")
	switch {
	case example == nil:
		return nil
	case media.name == "application/x-www-form-urlencoded":
		for _, m := range example.members {
			lines = append(lines, "--data-urlencode "+quoted(m.name+"="+m.value.text))
		}
		return lines
	case media.name == "multipart/form-data":
		return []string{"-F file=@FILE"}
	}
	return []string{`-H "Content-Type: ` + media.name + `"`, "-d " + quoted(string(example.appendJSON(nil, "")))}
}

// quoted makes one word of a text for a shell.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
