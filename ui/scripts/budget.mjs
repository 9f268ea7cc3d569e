// Fails when what a browser loads before it shows anything is over its budget:
// the entry with all that it imports statically, its styles and the page itself,
// each compressed as the hub sends it. The editor has a budget of its own.
import { readFileSync, existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../../internal/console/dist/', import.meta.url);
const budgets = { 'first load': 250 * 1024, editor: 110 * 1024 };

const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));

/** Every file that the chunk needs at once, itself included. */
function needed(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const next of chunk.imports ?? []) needed(next, seen);
  return seen;
}

const size = (file) => gzipSync(readFileSync(new URL(file, dist))).length;
const sum = (files) => [...files].reduce((n, f) => n + size(f), 0);

const first = needed('index.html');
const figures = { 'first load': sum(first) + size('index.html') };
const editor = 'src/kit/editor/CodeMirror.tsx';
if (manifest[editor]) figures.editor = sum([...needed(editor)].filter((f) => !first.has(f)));

let failed = false;
for (const [name, bytes] of Object.entries(figures)) {
  const over = bytes > budgets[name];
  failed ||= over;
  console.log(`${name}: ${(bytes / 1024).toFixed(1)} KiB gzip of ${budgets[name] / 1024} KiB${over ? ' - over budget' : ''}`);
}
if (!existsSync(new URL('index.html', dist))) failed = true;
process.exit(failed ? 1 : 0);
