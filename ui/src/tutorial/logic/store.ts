/** What a visitor chose, kept in the browser until somebody else logs in. */

export type ChosenDevice = { id: string; name: string | null; platform: number; simulated: boolean };

export type ChosenProduct = { id: number; name: string; slug: string };

export type Choices = {
  user: string;
  platform: number;
  device?: ChosenDevice | undefined;
  product?: ChosenProduct | undefined;
};

const key = 'fieldhook.demo';

/** The platforms that a product can be made for; 0 is anything that speaks HTTP. */
export const platforms: { id: number; name: string; short: string }[] = [
  { id: 0, name: 'ESP32 or other, over HTTP', short: 'http' },
  { id: 6, name: 'Photon', short: 'photon' },
  { id: 10, name: 'Electron', short: 'electron' },
  { id: 12, name: 'Argon', short: 'argon' },
  { id: 13, name: 'Boron', short: 'boron' },
  { id: 23, name: 'B-SoM', short: 'bsom' },
  { id: 25, name: 'B5-SoM', short: 'b5som' },
  { id: 26, name: 'Tracker', short: 'tracker' },
  { id: 32, name: 'Photon 2 or P2', short: 'p2' },
  { id: 35, name: 'M-SoM', short: 'msom' },
];

export function platformName(id: number): string {
  return platforms.find((p) => p.id === id)?.name ?? `Platform ${id}`;
}

/** A new product's name. */
export function proposedName(platform: number, random: () => number = Math.random): string {
  const short = platforms.find((p) => p.id === platform)?.short ?? String(platform);
  return `webhook-demo-${short}-${Math.floor(random() * 999_999)}`;
}

/** Reads what the user chose; another user's choices are dropped. */
export function load(user: string, storage: Pick<Storage, 'getItem' | 'removeItem'>): Choices {
  const none: Choices = { user, platform: 0 };
  try {
    const kept = JSON.parse(storage.getItem(key) ?? 'null') as Choices | null;
    if (!kept) return none;
    if (kept.user === user && typeof kept.platform === 'number') return kept;
    storage.removeItem(key);
  } catch {
    // A browser that keeps nothing, or something that is not ours: begin anew.
  }
  return none;
}

export function save(choices: Choices, storage: Pick<Storage, 'setItem'>) {
  try {
    storage.setItem(key, JSON.stringify(choices));
  } catch {
    // It is a convenience; without it the page works until it is left.
  }
}
