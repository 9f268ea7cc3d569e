/** Random bytes from the browser's own source for keys. */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** A name that nobody guesses: lower-case letters and digits. */
export function randomName(length: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'; // 32, so that every byte counts alike
  return Array.from(randomBytes(length), (b) => letters[b % 32]).join('');
}
