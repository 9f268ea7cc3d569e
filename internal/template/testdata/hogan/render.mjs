// Renders templates with hogan.js for the differential test. Standard input has
// one JSON object a line: {"template": text, "data": JSON text}. Standard output
// has one answer a line, in the same order: {"text": text} or {"error": text}.
import { createInterface } from 'node:readline';
import hogan from 'hogan.js';

// The one deviation modelled here: an object in a value position prints as
// compact JSON.
Object.defineProperty(Object.prototype, 'toString', {
  value() { return JSON.stringify(this); },
});

function answer({ template, data }) {
  try {
    return { text: hogan.compile(template).render(JSON.parse(data)) };
  } catch (error) {
    return { error: String(error.message) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + '\n');
}
