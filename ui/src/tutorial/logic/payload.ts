/** What the demo's firmware publishes, made in the browser. */

/** Boards that manage their own power, by platform: they tell of it in each reading. */
const withPower = new Set([10, 13, 23, 25, 26, 35]);

/** A number as C prints it with %g: six significant digits, no zeros at the end. */
export function formatG(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'nan' : x < 0 ? '-inf' : 'inf';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const [digits = '', exponent = '0'] = x.toExponential(5).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return trimmed(x.toFixed(5 - power));
  const sign = power < 0 ? '-' : '+';
  return `${trimmed(digits)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

function trimmed(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** A sensor that readings are taken from; `random` gives numbers from 0 to below 1. */
export class Sensor {
  private id: number;
  private t: number;
  private soc: number;

  constructor(
    private readonly platform: number,
    private readonly random: () => number = Math.random,
  ) {
    this.id = this.below(1_000_000);
    this.t = this.below(40);
    this.soc = 60 + this.below(40);
  }

  private below(n: number): number {
    return Math.floor(this.random() * n);
  }

  /** The next reading, as the data of an event. Afterwards `t` moves by -3 to +2 in steps of a half. */
  read(): string {
    const members = [`"id":${this.id}`, `"t":${formatG(this.t)}`];
    if (withPower.has(this.platform)) members.push('"powerSource":5', `"soc":${formatG(this.soc)}`);
    this.id += 1;
    this.t += -3 + this.below(11) / 2;
    this.soc = Math.max(5, this.soc - this.below(3) / 10);
    return `{${members.join(',')}}`;
  }
}

/** The data of the Test button. */
export function testData(random: () => number = Math.random): string {
  return `{"id":${Math.floor(random() * 1_000_000)},"t":25}`;
}
