/** Kinds of hardware by the numbers that clients use. */
const platforms: Record<number, string> = {
  0: 'Any kind of device',
  6: 'Photon',
  8: 'P1',
  10: 'Electron',
  12: 'Argon',
  13: 'Boron',
  23: 'B SoM',
  25: 'B5 SoM',
  26: 'Tracker',
  31: 'Raspberry Pi',
  32: 'Photon 2, P2',
  35: 'M SoM',
};

export function platformName(id: number): string {
  return platforms[id] ?? `Platform ${id}`;
}

/** To choose from; the present one is among them even when nobody knows its name. */
export function platformChoices(present = 0): { value: string; label: string }[] {
  const ids = [...new Set([...Object.keys(platforms).map(Number), present])].sort((a, b) => a - b);
  return ids.map((id) => ({ value: String(id), label: platformName(id) }));
}
