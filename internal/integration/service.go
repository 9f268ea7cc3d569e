package integration

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// The types of integrations. All but Webhook know the address of their service
// and what it wants to be sent; their settings say only whose account it is.
const (
	Webhook           = "Webhook"
	GoogleMaps        = "GoogleMaps"
	AzureIotHub       = "AzureIotHub"
	GoogleCloudPubSub = "GoogleCloudPubSub"
)

// azureVersion is the version of the IoT Hub interface that is spoken.
const azureVersion = "2021-04-12"

// LocatorEvent is the event of the device locator library.
const LocatorEvent = "deviceLocator"

// service describes a type other than Webhook.
type service struct {
	settings []string // besides those of every type
	read     func(*parser)
}

// services are the types other than Webhook.
var services = map[string]service{
	GoogleMaps:        {[]string{"api_key", "responseTopic", "responseTemplate"}, (*parser).googleMaps},
	AzureIotHub:       {[]string{"hub_name", "policy_name", "policy_key", "device"}, (*parser).azure},
	GoogleCloudPubSub: {[]string{"topic", "service_account"}, (*parser).pubSub},
}

// oneWay says whether the service has no answer for devices.
func (d *Definition) oneWay() bool { return d.Type == AzureIotHub || d.Type == GoogleCloudPubSub }

// shared are the settings of every type.
var shared = []string{
	"name", "integration_type", "event", "deviceID", "product_ids", "filter", "disabled", "secrets", "tls",
	"errorResponseTopic", "rejectUnauthorized", "retry", "ordering", "maxPending", "maxAge",
}

// serviceOnly are the settings that webhooks do not have.
var serviceOnly = []string{"endpoint", "api_key", "hub_name", "policy_name", "policy_key", "device", "topic", "service_account"}

// typeNamed gives the type that a text means, in whatever case; "" is Webhook.
func typeNamed(text string) (kind string, ok bool) {
	for _, kind := range [...]string{Webhook, GoogleMaps, AzureIotHub, GoogleCloudPubSub} {
		if strings.EqualFold(text, kind) {
			return kind, true
		}
	}
	return Webhook, text == ""
}

// strangers deals with settings that the type does not have. A webhook leaves
// them out, as its clients are used to. Of another type every setting counts,
// so they are refused.
func (p *parser) strangers() {
	s, branded := services[p.d.Type]
	if !branded {
		for _, name := range serviceOnly {
			if m, ok := p.set[name]; ok {
				delete(p.set, name)
				p.warning(m.key, "%s is not a setting of %s and was left out.", m.key, Webhook)
			}
		}
		for _, key := range p.strange {
			p.unknown(key)
		}
		return
	}
	for _, key := range p.strange {
		if !ignored(key) {
			p.fail(shorten(key), "is not a setting of %s.", p.d.Type)
			p.goOn()
		}
	}
	for _, name := range settings {
		m, ok := p.set[name]
		if ok && name != "endpoint" && !slices.Contains(shared, name) && !slices.Contains(s.settings, name) {
			p.fail(m.key, "is not a setting of %s.", p.d.Type)
			p.goOn()
		}
	}
}

// service reads the settings of a type other than Webhook.
func (p *parser) service() {
	p.d.Method = "POST"
	services[p.d.Type].read(p)
}

// endpoint reads where the service is; usual is its public address.
func (p *parser) endpoint(usual string) {
	value, m := p.optional("endpoint")
	value = trimSpace(value)
	if value == "" {
		value = usual
	} else {
		p.replace("endpoint", value)
	}
	a, err := ParseEndpoint(value)
	if err != nil {
		p.fail(m.key, "%s.", err)
		p.goOn()
		return
	}
	a.Target = strings.TrimRight(a.Target, "/")
	p.d.Address, p.d.origin = a, a.Origin()
	p.d.url = a.Scheme + "://" + a.Host + a.Target
}

// needed reads a templated setting that must be there.
func (p *parser) needed(name string) Text {
	value, m := p.optional(name)
	if strings.TrimSpace(value) == "" {
		p.fail(m.key, "is missing.")
		p.goOn()
	}
	return p.compile(m.key, value)
}

// path makes the path behind the endpoint of literal text and one template.
func (p *parser) path(before, key, source, after string) {
	b := builder{parser: p, encoding: percent}
	b.literal(key, before)
	b.text(key, source)
	b.literal(key, after)
	p.d.Path = b.program()
	p.d.url += before + source + after
}

func (p *parser) fixedQuery(name, key, source string) *Program {
	b := builder{parser: p, encoding: percent}
	b.literal(key, name+"=")
	b.text(key, source)
	return b.program()
}

// googleMaps asks the geolocation service where the cells and access points
// are that a device sees. The answer goes where the device library listens.
func (p *parser) googleMaps() {
	p.endpoint("https://www.googleapis.com")
	p.path("/geolocation/v1/geolocate", "", "", "")
	p.d.Access = &Access{Scheme: KeyInURL, Secret: p.needed("api_key")}
	p.d.send = &Plan{
		Query:  p.fixedQuery("key", "api_key", p.d.Access.Secret.Source()),
		Format: JSON, text: p.parsed("data", "{{{PARTICLE_EVENT_VALUE}}}"), convert: appendLocation,
	}
}

// locationTopic is where the device locator library listens, in every scope.
const locationTopic = "hook-response/{{PARTICLE_EVENT_NAME}}/{{PARTICLE_DEVICE_ID}}"

// locationTemplate is the answer of the geolocation service as the device
// library reads it: latitude, longitude, accuracy in metres.
const locationTemplate = "{{#location}}{{{lat}}},{{{lng}}},{{{accuracy}}}{{/location}}"

// azure sends messages to an IoT Hub as the device that published.
func (p *parser) azure() {
	if _, ok := p.set["endpoint"]; ok {
		p.endpoint("")
	} else {
		p.endpoint("https://" + p.hubName() + ".azure-devices.net")
	}
	device, m := p.optional("device")
	if device == "" {
		device = "{{{PARTICLE_DEVICE_ID}}}"
	}
	p.path("/devices/", m.key, device, "/messages/events")
	p.d.Access = &Access{Scheme: AzureSAS, ID: p.needed("policy_name"), Secret: p.needed("policy_key"), Device: p.compile(m.key, device)}
	if key, ok := p.d.Access.Secret.Literal(); ok {
		if _, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key)); err != nil {
			p.fail(p.set["policy_key"].key, "must be the key of the policy, in base64, or one of the selected secrets.")
		}
	}
	b := builder{parser: p, encoding: jsonString}
	b.literal("", "{")
	b.facts(append([]member{{"data", quote("{{{PARTICLE_EVENT_VALUE}}}")}}, facts...))
	b.literal("", "}")
	p.d.send = &Plan{Query: p.fixedQuery("api-version", "", azureVersion), Format: JSON, body: b.program()}
}

// hubName is what Azure calls a hub.
var hubName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{1,48}[A-Za-z0-9]$`)

func (p *parser) hubName() string {
	name, m := p.optional("hub_name")
	if name = trimSpace(name); name == "" {
		p.fail(m.key, "is missing.")
		p.goOn()
		return "invalid"
	}
	if !hubName.MatchString(name) {
		p.fail(m.key, "must be the name of the hub alone, 3 to 50 letters, digits and dashes; for a hub elsewhere than azure-devices.net set endpoint.")
		p.goOn()
		return "invalid"
	}
	p.replace("hub_name", name)
	return strings.ToLower(name)
}

// topicName is what Pub/Sub calls a topic.
var topicName = regexp.MustCompile(`^projects/[^/\s]+/topics/[^/\s]+$`)

// pubSub publishes messages on a topic.
func (p *parser) pubSub() {
	p.endpoint("https://pubsub.googleapis.com")
	topic := p.needed("topic")
	m := p.set["topic"]
	if literal, ok := topic.Literal(); ok && !topicName.MatchString(literal) {
		p.fail(m.key, "must look like projects/PROJECT/topics/NAME.")
	}
	p.topicPath(m.key, topic.Source())
	p.d.Access = &Access{Scheme: GoogleToken, Secret: p.account()}
	b := builder{parser: p, encoding: jsonString}
	b.literal("", `{"messages":[{"data":"`)
	b.part(p.parsed("", "{{{PARTICLE_EVENT_VALUE}}}"), inBase64)
	b.literal("", `","attributes":{`)
	b.facts(facts)
	b.literal("", "}}]}")
	p.d.send = &Plan{Format: JSON, body: b.program()}
}

// topicPath makes the path of a topic, whose slashes stay slashes.
func (p *parser) topicPath(key, source string) {
	b := builder{parser: p, encoding: percent}
	b.literal(key, "/v1")
	for _, segment := range strings.Split(source, "/") {
		b.literal(key, "/")
		b.text(key, segment)
	}
	b.literal(key, ":publish")
	p.d.Path = b.program()
	p.d.url += "/v1/" + source + ":publish"
}

// account reads the key of a service account: its JSON, as it is or as text,
// or a secret that holds it.
func (p *parser) account() Text {
	m := p.set["service_account"]
	if len(m.raw) > 0 && m.raw[0] == '{' {
		p.checkAccount(m.key, string(m.raw))
		return Text{literal: string(m.raw)}
	}
	key := p.needed("service_account")
	if literal, ok := key.Literal(); ok {
		p.checkAccount(m.key, literal)
	}
	return key
}

func (p *parser) checkAccount(key, text string) {
	if _, err := ReadServiceAccount(text); err != nil {
		p.fail(key, "%s.", err)
	}
}

// facts are what messages tell of an event besides its data, all as text.
var facts = []member{
	{"device_id", quote("{{{PARTICLE_DEVICE_ID}}}")},
	{"event", quote("{{{PARTICLE_EVENT_NAME}}}")},
	{"published_at", quote("{{{PARTICLE_PUBLISHED_AT}}}")},
}

// factVersion adds the firmware version that a product's device published with.
const factVersion = `{{#PRODUCT_VERSION}},"fw_version":"{{{PRODUCT_VERSION}}}"{{/PRODUCT_VERSION}}`

// facts adds the members that tell of an event, by templates of our own.
func (b *builder) facts(all []member) {
	b.own = true
	defer func() { b.own = false }()
	b.members("", all)
	b.part(b.parsed("", factVersion), plainly)
}

// quote is text as JSON.
func quote(s string) json.RawMessage { return jsontext.AppendString(nil, s) }
