import { useQuery } from '@tanstack/react-query';
import { api, isDenied, isMissing } from '../api/client';
import type { Schemas } from '../api/types';
import { type Scope, useScope } from './scope';
import { useSession } from './session';

/** The roles of a team, from the least to the most. */
export const roles = ['View-only', 'Developer', 'Administrator', 'Owner'] as const;

export type Role = (typeof roles)[number];

/** What each role means; see docs/accounts.md. */
export const meaning: Record<Role, string> = {
  'View-only': 'Sees everything, changes nothing',
  Developer: 'Changes devices, integrations, secrets and ledgers, and publishes',
  Administrator: 'Changes the team, clients and settings as well',
  Owner: 'May delete it, too',
};

const owners = ['organizations:delete', 'products:delete'];
const administrators = ['organizations:update', 'products:create', 'products:update'];

/** The least role that may do an action in a product or an organization. */
export function leastRole(action: string): Role {
  const [resource = '', verb = ''] = action.split(':');
  if (['get', 'list', 'watch'].includes(verb)) return 'View-only';
  if (owners.includes(action)) return 'Owner';
  if (resource === 'team' || resource === 'clients' || administrators.includes(action)) return 'Administrator';
  return 'Developer';
}

export function atLeast(role: Role | null, least: Role): boolean {
  return role !== null && roles.indexOf(role) >= roles.indexOf(least);
}

type Team = { team: Schemas['Member'][] };

async function roleIn(path: string, username: string): Promise<Role | null> {
  try {
    const { team } = await api.get<Team>(`${path}/team`, { per_page: 1_000 });
    const role = team.find((m) => m.username === username)?.role.name;
    return roles.find((r) => r === role) ?? null;
  } catch (error) {
    if (isDenied(error) || isMissing(error)) return null;
    throw error;
  }
}

/** In a product of an organization the better of both roles counts. */
async function ownRole(scope: Scope, username: string): Promise<Role | null> {
  const places = scope.kind === 'product' && scope.product.org ? [scope.api, `/v1/orgs/${scope.product.org}`] : [scope.api];
  const found = await Promise.all(places.map((place) => roleIn(place, username)));
  return roles.findLast((r) => found.includes(r)) ?? null;
}

/** The role of whoever is logged in; in the sandbox everybody is the owner. */
export function useRole(): { role: Role | null; known: boolean } {
  const scope = useScope();
  const { username } = useSession();
  const query = useQuery({ queryKey: ['role', scope.api, username], queryFn: () => ownRole(scope, username), enabled: scope.kind !== 'sandbox', staleTime: 60_000 });
  if (scope.kind === 'sandbox') return { role: 'Owner', known: true };
  return { role: query.data ?? null, known: query.isSuccess };
}

/** Whether an action is open to whoever is logged in, and if not, why. The hub decides; this only spares people a refusal. */
export function useMay(): (action: string) => { may: boolean; why: string } {
  const { role, known } = useRole();
  return (action) => {
    const least = leastRole(action);
    if (!known) return { may: least === 'View-only', why: '' };
    if (atLeast(role, least)) return { may: true, why: '' };
    return { may: false, why: `This takes the role ${least}; yours here is ${role ?? 'none'}.` };
  };
}
