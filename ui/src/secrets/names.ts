/** What is wrong with the name of a secret; null = nothing. */
export function nameFault(name: string): string | null {
  if (!name) return 'What to call it';
  return /^[A-Z_][A-Z0-9_]*$/.test(name) ? null : 'Capital letters, digits and underscores; no digit first';
}

/** How a template names a secret. */
export function tagOf(name: string): string {
  return `{{{${name}}}}`;
}
