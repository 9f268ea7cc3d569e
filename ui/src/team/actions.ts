import { atLeast, leastRole, type Role } from '../app/rights';

/** What an API user can be allowed to do: the verbs of each thing. Managing people and what logs in stays with people. */
export const grantable: Record<string, string[]> = {
  devices: ['list', 'get', 'create', 'update', 'delete', 'authorize', 'claim', 'unclaim', 'call', 'ping'],
  events: ['get', 'watch', 'publish'],
  integrations: ['list', 'get', 'create', 'update', 'delete', 'test', 'replay'],
  ledgers: ['list', 'get', 'create', 'update', 'delete'],
  secrets: ['list', 'get', 'update', 'delete'],
  groups: ['list', 'get', 'create', 'update', 'delete'],
  customers: ['list', 'create', 'update', 'delete'],
  products: ['list', 'get', 'create', 'update'],
  organizations: ['get'],
  team: ['list'],
  firmware: ['list'],
  hosts: ['list'],
  usage: ['get'],
};

/** The actions that somebody with a role can give, thing by thing. */
export function choices(role: Role | null): { thing: string; actions: string[] }[] {
  return Object.entries(grantable)
    .map(([thing, verbs]) => ({ thing, actions: verbs.map((v) => `${thing}:${v}`).filter((a) => atLeast(role, leastRole(a))) }))
    .filter(({ actions }) => actions.length > 0);
}

/** Sets of actions that one often wants. */
export const presets: { label: string; actions: string[] }[] = [
  { label: 'Watch', actions: ['devices:list', 'devices:get', 'events:get', 'events:watch', 'integrations:list', 'integrations:get'] },
  { label: 'Publish', actions: ['events:publish'] },
  { label: 'Provision devices', actions: ['devices:list', 'devices:get', 'devices:create', 'devices:update', 'devices:authorize', 'groups:list'] },
];

/** The verbs that are there, by their things: "devices: list, get". */
export function inWords(actions: readonly string[]): string {
  const things = new Map<string, string[]>();
  for (const action of actions) {
    const [thing = '', verb = ''] = action.split(':');
    things.set(thing, [...(things.get(thing) ?? []), verb]);
  }
  return [...things].map(([thing, verbs]) => `${thing}: ${verbs.join(', ')}`).join('; ');
}
