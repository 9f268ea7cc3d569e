import { expect, it } from 'vitest';
import { usualView } from './data';
import { deviceQuery, idFault, marksOf, newDeviceId } from './query';

it('asks for a page in the words of the API', () => {
  expect(deviceQuery({ ...usualView, search: ' lamp ', sort: 'heard', down: true, page: 3 }, { group: 'hall', quarantined: true })).toEqual({
    page: 3,
    per_page: 25,
    search: 'lamp',
    groups: 'hall',
    quarantined: true,
    sortAttr: 'lastConnection',
    sortDir: 'desc',
  });
  expect(deviceQuery(usualView, { group: '', quarantined: false })).toMatchObject({ sortAttr: 'deviceName', sortDir: 'asc' });
});

it('makes ids that are ids', () => {
  expect(newDeviceId((b) => b.map((_, i) => i))).toBe('000102030405060708090a0b');
  expect(idFault(newDeviceId())).toBeNull();
  expect(newDeviceId()).not.toBe(newDeviceId());
  for (const bad of ['', '0123', '0123456789abcdef0123456g', '0123456789abcdef012345678']) expect(idFault(bad)).not.toBeNull();
});

it('names states that one should see', () => {
  expect(marksOf({ denied: true, quarantined: true, development: false }).map((m) => m.label)).toEqual(['Denied', 'Quarantined']);
});
