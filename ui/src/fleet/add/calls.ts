import { api, ApiFailure } from '../../api/client';
import type { Schemas } from '../../api/types';
import type { Scope } from '../../app/scope';
import { deviceApi } from '../data';
import { newDeviceId } from '../query';
import type { Added } from './AddDevice';

export type Wish = { name: string; serial: string; groups: string[]; mine: boolean };

/** A device that a try has made. */
export type Made = { id: string; mine: boolean };

type Claimed = Schemas['Claimed'];

/**
 * Makes a device that the hub does not know yet. A try that ends half-way, at a
 * serial number that is taken, say, has made the device already: the next one
 * goes on with the same id (`keep` tells it) and makes no second device.
 */
export async function register(scope: Scope, wish: Wish, made: Made | undefined, keep: (m: Made) => void): Promise<Added> {
  const owned = scope.kind !== 'product' || wish.mine;
  const id = made?.mine === wish.mine ? made.id : owned ? (await api.post<Claimed>('/v1/devices', { register: true, name: wish.name })).id : newDeviceId();
  keep({ id, mine: wish.mine });
  if (scope.kind === 'product') await join(scope, id);
  return finish(scope, id, wish);
}

/** Takes a device that the hub knows: claims it to the user, or adds it to the product. */
export async function take(scope: Scope, id: string, wish: Wish): Promise<Added> {
  if (scope.kind === 'product') await join(scope, id);
  else await api.post<Claimed>('/v1/devices', { id });
  return finish(scope, id, wish);
}

async function join(scope: Scope, id: string): Promise<void> {
  const got = await api.post<Schemas['Imported']>(`${scope.api}/devices`, { id });
  const why = refusal(got, id);
  if (why) throw new ApiFailure(409, 'not_added', why, 'id');
}

/** Why the hub did not add a device; undefined if it did. */
export function refusal(got: Schemas['Imported'], id: string): string | undefined {
  const among = (ids: string[]) => ids.some((i) => i.toLowerCase() === id.toLowerCase());
  if (among(got.updatedDeviceIds) || among(got.existingDeviceIds)) return undefined;
  if (among(got.nonmemberDeviceIds)) return 'The device belongs to somebody who is not in the team. It can be added when it is released.';
  return 'The hub does not know this device and does not register unknown ones, or it is in another product.';
}

/** Gives the device what was wished, and a token of its own. */
async function finish(scope: Scope, id: string, wish: Wish): Promise<Added> {
  const path = deviceApi(scope, id);
  const change: Schemas['MemberChange'] = {
    ...(wish.name ? { name: wish.name } : {}),
    ...(scope.kind === 'product' && wish.serial ? { serial_number: wish.serial } : {}),
    ...(scope.kind === 'product' && wish.groups.length > 0 ? { groups: wish.groups } : {}),
  };
  const device = Object.keys(change).length > 0 ? await api.put<Schemas['Device']>(path, change) : await api.get<Schemas['Device']>(path);
  const { token } = await api.post<Schemas['DeviceToken']>(`${path}/tokens`);
  return { id: device.id, name: device.name, token };
}
