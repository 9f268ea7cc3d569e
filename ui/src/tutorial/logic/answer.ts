/** How the demo's server is to answer, as chosen on the page. */

export type AnswerChoice = {
  status: number;
  /** Bytes of the answer; null = the usual answer. */
  size: number | null;
  delayMs: number;
  /** The server wants another token than the webhook has. */
  refuse: boolean;
};

export const usualAnswer: AnswerChoice = { status: 200, size: null, delayMs: 0, refuse: false };

export type Preset = { id: string; label: string; choice: AnswerChoice; about: string };

export const presets: Preset[] = [
  { id: 'usual', label: 'Usual', choice: usualAnswer, about: 'Status 200 at once, with a small JSON that repeats the id.' },
  { id: 'long', label: '2 KB', choice: { ...usualAnswer, size: 2048 }, about: 'An answer of 2,048 bytes. Events carry it in parts of 512 bytes, numbered at the end of their names.' },
  { id: '404', label: '404', choice: { ...usualAnswer, status: 404 }, about: 'Any status from 400 on is an error: it comes back as hook-error.' },
  { id: '500', label: '500', choice: { ...usualAnswer, status: 500 }, about: 'A server that fails. When most calls of a minute fail, the hub begins to skip some: the host sleeps.' },
  { id: '401', label: 'Wrong token', choice: { ...usualAnswer, refuse: true }, about: 'The server wants another token than the webhook sends, and refuses it with 401.' },
  { id: 'late', label: 'Time-out', choice: { ...usualAnswer, delayMs: 25_000 }, about: 'The answer would take 25 s. The hub waits 20 s, then gives up with ESOCKETTIMEDOUT.' },
];

/** The preset that a choice is, if it is one. */
export function presetOf(c: AnswerChoice): Preset | undefined {
  return presets.find((p) => p.choice.status === c.status && p.choice.size === c.size && p.choice.delayMs === c.delayMs && p.choice.refuse === c.refuse);
}

/** A JSON text of just so many bytes, whose characters tell how far one has read. */
export function bodyOf(size: number): string {
  const frame = '{"ok":true,"filler":""}';
  if (size < frame.length) return ' '.repeat(size);
  let filler = '';
  for (let at = frame.length; filler.length < size - frame.length; at += 16) filler += `${at}`.padEnd(16, '.');
  return `{"ok":true,"filler":"${filler.slice(0, size - frame.length)}"}`;
}

/** What the server is told; see POST /demo/control/{session}. */
export function controlOf(c: AnswerChoice, token: string) {
  return {
    op: 'hookResponse',
    status: c.status,
    delay_ms: c.delayMs,
    authorization: c.refuse ? 'another-token' : token,
    ...(c.size === null ? {} : { body: bodyOf(c.size) }),
  };
}
