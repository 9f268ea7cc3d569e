package template_test

import (
	"fmt"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

func ExampleTemplate_Append() {
	t, err := template.Parse("{{PARTICLE_EVENT_NAME}}:{{#readings}} {{value}}{{/readings}}")
	if err != nil {
		fmt.Println(err)
		return
	}
	var c template.Context
	c.Reset(&event.Event{Name: "temp", Data: `{"readings":[{"value":21.50},{"value":22}]}`})
	text, err := t.Append(nil, &c)
	fmt.Println(string(text), err)
	// Output: temp: 21.5 22 <nil>
}
