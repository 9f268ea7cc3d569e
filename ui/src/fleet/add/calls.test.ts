import { expect, it } from 'vitest';
import { refusal } from './calls';

const id = '0123456789abcdef01234567';
const none = { ok: true as const, updated: 0, updatedDeviceIds: [], existingDeviceIds: [], nonmemberDeviceIds: [], invalidDeviceIds: [] };

it('takes a device that is in the product now or was before as added', () => {
  expect(refusal({ ...none, updatedDeviceIds: [id] }, id.toUpperCase())).toBeUndefined();
  expect(refusal({ ...none, existingDeviceIds: [id] }, id)).toBeUndefined();
});

it('says why one was not added', () => {
  expect(refusal({ ...none, nonmemberDeviceIds: [id] }, id)).toContain('belongs to somebody');
  expect(refusal({ ...none, invalidDeviceIds: [id] }, id)).toContain('does not know');
});
