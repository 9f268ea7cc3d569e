package template

// Append renders the template onto dst. On an error dst is returned as it was
// given. Errors: ErrLimit. All renderings since the context's last Reset share
// one limit of work, so that a configuration of many costly templates is
// bounded like a single one.
func (t *Template) Append(dst []byte, c *Context) ([]byte, error) {
	if t.literal {
		return append(dst, t.source...), nil
	}
	r := renderer{ops: t.ops, c: c, dst: dst, limit: len(dst) + MaxOutput, steps: maxSteps - c.spent}
	c.stack = append(c.stack[:0], Value{kind: variables})
	ok := r.run(0, len(t.ops))
	c.spent = maxSteps - r.steps + (len(r.dst)-len(dst))/stepBytes
	if !ok {
		return dst, ErrLimit
	}
	return r.dst, nil
}

// renderer is one rendering under way.
type renderer struct {
	ops    []op
	c      *Context
	dst    []byte
	limit  int // length that dst must not exceed
	steps  int // what is left
	blocks int // blocks being rendered inside one another
}

// run executes ops[lo:hi]; false means that a limit was reached.
func (r *renderer) run(lo, hi int) bool {
	for i := lo; i < hi; {
		o := &r.ops[i]
		i++
		ok := true
		switch o.kind {
		case opText:
			r.dst = append(r.dst, o.text...)
		case opRaw, opEscaped:
			r.value(o)
		case opJSON:
			r.json(o)
		case opSection:
			ok = r.section(o, i)
			i = o.end
		case opInverted:
			if !r.resolve(&o.ref).truthy() {
				ok = r.run(i, o.end)
			}
			i = o.end
		case opBlock:
			ok = r.block(o)
			i = o.end
		}
		if r.steps--; !ok || r.steps < 0 || len(r.dst) > r.limit {
			return false
		}
	}
	return true
}

// value appends the value of a tag.
func (r *renderer) value(o *op) {
	v := r.resolve(&o.ref)
	switch {
	case v.kind == String && o.kind == opRaw:
		r.dst = append(r.dst, v.text...)
	case v.kind == String:
		r.dst = appendHTML(r.dst, v.text)
	case o.kind == opRaw || v.kind < Array:
		r.steps -= v.size()
		r.dst = v.AppendText(r.dst)
	default:
		r.steps -= v.size()
		r.c.bytes = v.AppendText(r.c.bytes[:0])
		r.dst = appendHTML(r.dst, string(r.c.bytes))
	}
}

// json appends the value of a JSON tag. The event's data is text that may be
// JSON itself.
func (r *renderer) json(o *op) {
	v := r.resolve(&o.ref)
	r.steps -= v.size()
	if v.data {
		r.steps -= len(v.text) / stepBytes // it is read to see whether it is JSON
		r.dst = r.c.appendData(r.dst)
		return
	}
	r.dst = v.AppendJSON(r.dst)
}

// section runs the ops behind it: for an array once per element, for an object
// with the object as context, for another truthy value with the same context
// as outside. When that outer context is an array, Hogan repeats over it.
func (r *renderer) section(o *op, body int) bool {
	v := r.resolve(&o.ref)
	if !v.truthy() {
		return true
	}
	if v.kind < Array {
		v = r.top()
	}
	r.push(v)
	defer r.pop()
	if v.kind == Array {
		return r.each(v, body, o.end)
	}
	return r.run(body, o.end)
}

// each runs ops[lo:hi] once per element, with the element as context.
func (r *renderer) each(array Value, lo, hi int) bool {
	for _, e := range array.Elements() {
		r.push(e)
		ok := r.run(lo, hi)
		r.pop()
		if r.steps--; !ok || r.steps < 0 {
			return false
		}
	}
	return true
}

// block runs the last definition of a block. Blocks can call themselves.
func (r *renderer) block(o *op) bool {
	if r.blocks++; r.blocks > maxBlocks {
		return false
	}
	ok := r.run(o.lo, o.hi)
	r.blocks--
	return ok
}

func (r *renderer) top() Value   { return r.c.stack[len(r.c.stack)-1] }
func (r *renderer) push(v Value) { r.c.stack = append(r.c.stack, v) }
func (r *renderer) pop()         { r.c.stack = r.c.stack[:len(r.c.stack)-1] }

// resolve gives the value of a name, null when it is missing. The first part
// is looked up through the enclosing contexts, the rest strictly inside it.
// "." is the current element of an array.
func (r *renderer) resolve(n *ref) Value {
	if s := r.c.stack; n.dot && len(s) > 1 && s[len(s)-2].kind == Array {
		return r.top()
	}
	v, used, cost := r.c.fixed(n.steps)
	if r.steps -= cost; used == 0 {
		v, used = r.lookup(&n.steps[0]), 1
	}
	for i := used; i < len(n.steps); i++ {
		v, _ = r.find(v, &n.steps[i])
	}
	r.steps -= len(v.text) / 16 // long numbers take time to read
	return v
}

// lookup searches the context stack from the innermost on.
func (r *renderer) lookup(s *step) (v Value) {
	ok := false
	for i := len(r.c.stack) - 1; i >= 0 && !ok; i-- {
		v, ok = r.find(r.c.stack[i], s)
	}
	return v
}

// find looks a step up in one context; missing values are null.
func (r *renderer) find(in Value, s *step) (v Value, ok bool) {
	var cost int
	if in.kind == variables {
		v, ok, cost = r.c.variable(s)
	} else {
		v, ok, cost = in.find(s)
	}
	r.steps -= cost
	return v, ok
}
