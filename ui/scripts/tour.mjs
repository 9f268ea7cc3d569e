// Takes the pictures of docs/tour.md from what the walks have just made. With
// --check it only says whether the walks still make each of them.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';

const docs = new URL('../../docs/', import.meta.url);
const shots = new URL('../e2e/shots/', import.meta.url);
const names = [...readFileSync(new URL('tour.md', docs), 'utf8').matchAll(/\(tour\/([a-z0-9-]+\.png)\)/g)].map((m) => m[1]);
const missing = names.filter((name) => !existsSync(new URL(name, shots)));
if (names.length === 0 || missing.length > 0) {
  console.error(`docs/tour.md shows pictures that no walk makes: ${missing.join(', ') || 'it shows none'}`);
  process.exit(1);
}
if (!process.argv.includes('--check')) {
  mkdirSync(new URL('tour/', docs), { recursive: true });
  for (const name of names) copyFileSync(new URL(name, shots), new URL(`tour/${name}`, docs));
  console.log(`docs/tour: ${names.length} pictures`);
}
