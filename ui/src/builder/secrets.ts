import { useQuery } from '@tanstack/react-query';
import { secretsOf } from '../app/lists';
import type { Scope } from '../app/scope';

/** The names of a scope's secrets. */
export function useSecrets(scope: Scope) {
  return useQuery({ ...secretsOf(scope), select: (secrets) => secrets.map((s) => s.name) });
}
