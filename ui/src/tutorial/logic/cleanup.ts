/** What the clean-up does, in order, and what it leaves to a person. */

export type CleanStep = 'webhooks' | 'firmware' | 'devices' | 'product';

export type Ticks = Record<CleanStep, boolean>;

export const allTicked: Ticks = { webhooks: true, firmware: true, devices: true, product: true };

/** What there is to clean up. */
export type Remains = {
  product?: { name: string } | undefined;
  /** Integrations of the product, its webhook of the demo included. */
  integrations: number;
  devices: { id: string; name: string | null; simulated: boolean }[];
};

export type CleanItem = {
  step: CleanStep;
  label: string;
  /** Done by a person, not by this page. */
  manual: boolean;
  /** Why it cannot be ticked; empty = it can. */
  blocked: string;
};

/** How many, in words: "1 device", "3 devices". */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** The lines of the checklist. */
export function itemsOf(r: Remains, ticks: Ticks): CleanItem[] {
  const real = r.devices.filter((d) => !d.simulated);
  const nothing = r.product ? '' : 'No product is chosen.';
  const left = [r.integrations > 0 && !ticks.webhooks && 'integrations', r.devices.length > 0 && !ticks.devices && 'devices'].filter(Boolean).join(' and ');
  return [
    { step: 'webhooks', manual: false, label: `Delete ${count(r.integrations, 'integration')} of the product`, blocked: nothing || (r.integrations ? '' : 'It has none.') },
    { step: 'firmware', manual: true, label: `Flash other firmware onto ${count(real.length, 'board')}`, blocked: real.length ? '' : 'No real device is in the product.' },
    { step: 'devices', manual: false, label: `Remove ${count(r.devices.length, 'device')} from the product`, blocked: nothing || (r.devices.length ? '' : 'It has none.') },
    { step: 'product', manual: false, label: r.product ? `Delete the product ${r.product.name}` : 'Delete the product', blocked: nothing || (left ? `It still has ${left}.` : '') },
  ];
}

/** The ticked steps that can be done, in order. */
export function planOf(r: Remains, ticks: Ticks): CleanItem[] {
  return itemsOf(r, ticks).filter((item) => ticks[item.step] && !item.blocked);
}

/** The one question before it starts: what will be gone, and what is left to do by hand. */
export function sentenceOf(r: Remains, ticks: Ticks): string {
  const plan = planOf(r, ticks);
  const has = (step: CleanStep) => plan.some((item) => item.step === step);
  const name = r.product?.name ?? '';
  const acts: string[] = [];
  if (has('webhooks')) acts.push(`delete ${count(r.integrations, 'integration')}`);
  if (has('devices')) acts.push(`remove ${count(r.devices.length, 'device')}`);
  if (has('product')) acts.push('delete the product itself');
  const joined = acts.length > 1 ? `${acts.slice(0, -1).join(', ')} and ${acts.at(-1)}` : (acts[0] ?? '');
  const does = joined ? `This stops the demo, then, of the product ${name}, it will ${joined}.` : 'This stops the demo.';
  return has('firmware') ? `${does} Flashing other firmware is yours to do by hand: this hub has no way to your boards.` : does;
}
