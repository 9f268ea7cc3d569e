/** Makes response templates from a sample answer and the fields that are ticked in it. */

export type Leaf = {
  path: string[];
  /** How a template names it; undefined = no tag reaches it. */
  tag?: string;
  value: string | number | boolean | null;
};

export type Shape = 'flat' | 'same' | 'alone';

const most = 500;

/** The values in a sample, in order, at most 500. Undefined = it is no JSON object or array. */
export function leavesOf(sample: string): Leaf[] | undefined {
  let root: unknown;
  try {
    root = JSON.parse(sample);
  } catch {
    return undefined;
  }
  if (typeof root !== 'object' || root === null) return undefined;
  const leaves: Leaf[] = [];
  const visit = (value: unknown, path: string[]) => {
    if (leaves.length >= most) return;
    if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) visit(member, [...path, key]);
      return;
    }
    const tag = tagOf(path);
    leaves.push({ path, value: value as Leaf['value'], ...(tag ? { tag } : {}) });
  };
  visit(root, []);
  return leaves;
}

/** A tag names members by dots, so a name with a dot, a brace or a space in it is out of reach. */
function tagOf(path: string[]): string | undefined {
  return path.every((key) => /^[^\s.{}#^/!>&=]+$/.test(key)) ? path.join('.') : undefined;
}

/** Numbers go between two braces; text gets quotes and three, so that nothing in it is changed. */
function placeOf(leaf: Leaf): string {
  return typeof leaf.value === 'string' ? `"{{{${leaf.tag}}}}"` : `{{${leaf.tag}}}`;
}

/** A short name for each leaf that no other has: its last member, with more in front where needed. */
export function namesOf(leaves: Leaf[]): string[] {
  const name = (leaf: Leaf, parts: number) => leaf.path.slice(-parts).join('_');
  return leaves.map((leaf) => {
    for (let parts = 1; parts <= leaf.path.length; parts++) {
      const mine = name(leaf, parts);
      // An index alone says nothing.
      if (/^\d+$/.test(mine) && parts < leaf.path.length) continue;
      if (!leaves.some((other) => other !== leaf && name(other, parts) === mine)) return mine;
    }
    return leaf.path.join('_');
  });
}

/** The template that publishes the chosen leaves. `names` are for the flat shape. */
export function templateOf(leaves: Leaf[], shape: Shape, names: string[] = namesOf(leaves)): string {
  const usable = leaves.filter((l) => l.tag);
  if (usable.length === 0) return '';
  if (shape === 'alone') return usable.map((l) => `{{{${l.tag}}}}`).join(',');
  if (shape === 'flat') return braces(leaves.flatMap((l, i) => (l.tag ? [`${JSON.stringify(names[i] ?? l.path.join('_'))}:${placeOf(l)}`] : [])));
  return print(treeOf(usable));
}

type Tree = Map<string, Tree | Leaf>;

function treeOf(leaves: Leaf[]): Tree {
  const root: Tree = new Map();
  for (const leaf of leaves) {
    let at = root;
    for (const key of leaf.path.slice(0, -1)) {
      const next = at.get(key);
      const inner: Tree = next instanceof Map ? next : new Map();
      at.set(key, inner);
      at = inner;
    }
    at.set(leaf.path.at(-1) ?? '', leaf);
  }
  return root;
}

/** Arrays stay arrays: of the chosen elements alone, in their order. */
function print(node: Tree | Leaf): string {
  if (!(node instanceof Map)) return placeOf(node);
  const entries = [...node];
  if (entries.every(([key]) => /^\d+$/.test(key))) return `[${entries.map(([, v]) => print(v)).join(',')}]`;
  return braces(entries.map(([key, v]) => `${JSON.stringify(key)}:${print(v)}`));
}

/** An object. Its closing brace keeps a distance from a tag, so that people see where the tag ends. */
function braces(parts: string[]): string {
  const inside = parts.join(',');
  return `{${inside}${inside.endsWith('}}') ? ' ' : ''}}`;
}
