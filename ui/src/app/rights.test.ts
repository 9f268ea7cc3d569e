import { expect, it } from 'vitest';
import { atLeast, leastRole, roles } from './rights';

it('knows the least role of an action', () => {
  const cases: Record<string, string> = {
    'devices:list': 'View-only',
    'events:watch': 'View-only',
    'clients:list': 'View-only',
    'devices:authorize': 'Developer',
    'events:publish': 'Developer',
    'secrets:update': 'Developer',
    'customers:delete': 'Developer',
    'clients:create': 'Administrator',
    'team:create': 'Administrator',
    'products:create': 'Administrator',
    'organizations:update': 'Administrator',
    'products:delete': 'Owner',
    'organizations:delete': 'Owner',
  };
  for (const [action, role] of Object.entries(cases)) expect(leastRole(action), action).toBe(role);
});

it('orders the roles, and gives nothing to those without one', () => {
  expect(atLeast('Developer', 'View-only')).toBe(true);
  expect(atLeast('Developer', 'Administrator')).toBe(false);
  for (const role of roles) expect(atLeast(null, role)).toBe(false);
});
