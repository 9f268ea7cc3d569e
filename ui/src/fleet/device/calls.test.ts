import { expect, it } from 'vitest';
import type { Call, Integration } from '../../api/types';
import { newest } from './calls';

it('merges calls of several integrations, newest first', () => {
  const of = (id: string) => ({ id }) as Integration;
  const at = (id: string, time: string) => ({ id, time }) as Call;
  const lists = [
    { integration: of('a'), calls: [at('1', '2026-03-01T12:00:03.000Z'), at('2', '2026-03-01T12:00:01.000Z')] },
    { integration: of('b'), calls: [at('3', '2026-03-01T12:00:02.000Z')] },
  ];
  expect(newest(lists, 2).map((c) => `${c.integration.id}${c.call.id}`)).toEqual(['a1', 'b3']);
});
