import { afterEach, expect, it, vi } from 'vitest';
import { type Scope, sandbox } from '../../app/scope';
import { type Made, refusal, register } from './calls';

afterEach(() => vi.unstubAllGlobals());

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

it('goes on with the device that a try has made, when its serial number was refused', async () => {
  const scope: Scope = { kind: 'product', api: '/v1/products/1', home: '/products/lamp', label: 'Lamp', product: {} as never };
  const joined: string[] = [];
  let taken = true;
  const hub = async (path: string, { method, body }: { method: string; body: string | null }) => {
    const sent = body ? (JSON.parse(body) as { id?: string }) : {};
    if (method === 'PUT' && taken) return new Response(JSON.stringify({ error: 'conflict', error_description: 'It is taken.', field: 'serial_number' }), { status: 409 });
    if (path === '/v1/products/1/devices') joined.push(sent.id ?? '');
    return new Response(JSON.stringify(path.endsWith('/tokens') ? { token: 't' } : { ...none, updatedDeviceIds: [sent.id], id: joined[0], name: 'lamp' }));
  };
  vi.stubGlobal('fetch', hub);
  let made: Made | undefined;
  const wish = { name: 'lamp', serial: 'S1', groups: [], mine: false };
  const make = () => register(scope, wish, made, (m) => (made = m));
  await expect(make()).rejects.toThrow('It is taken.');
  taken = false;
  expect(await make()).toEqual({ id: joined[0], name: 'lamp', token: 't' });
  expect(new Set(joined).size).toBe(1);
});

it('makes one device in the sandbox, however often the token fails', async () => {
  let asked = 0;
  let away = true;
  vi.stubGlobal('fetch', async (path: string) => {
    if (path === '/v1/devices') asked += 1;
    if (path.endsWith('/tokens') && away) throw new TypeError('away');
    return new Response(JSON.stringify(path.endsWith('/tokens') ? { token: 't' } : { id, name: 'lamp' }));
  });
  let made: Made | undefined;
  const make = () => register(sandbox, { name: 'lamp', serial: '', groups: [], mine: false }, made, (m) => (made = m));
  await expect(make()).rejects.toThrow('The hub does not answer');
  away = false;
  expect((await make()).id).toBe(id);
  expect(asked).toBe(1);
});
