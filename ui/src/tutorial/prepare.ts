/** What the demo makes in the hub before it can start. */
import { api } from '../api/client';
import type { Product } from '../api/types';
import { type Choices, type ChosenDevice, type ChosenProduct, proposedName } from './logic/store';

type Imported = { updatedDeviceIds: string[]; existingDeviceIds: string[] };

/** Registers a device for the simulation. */
export async function registerSimulated(platform: number): Promise<ChosenDevice> {
  const name = `webhook-demo-simulated-${Math.floor(Math.random() * 999_999)}`;
  const { id } = await api.post<{ id: string }>('/v1/devices', { register: true, name });
  return { id, name, platform, simulated: true };
}

export async function createProduct(name: string, platform: number): Promise<ChosenProduct> {
  const { product } = await api.post<{ product: Product }>('/v1/products', { product: { name, platform_id: platform, description: 'Made by the interactive webhook demo.' } });
  return { id: product.id, name: product.name, slug: product.slug };
}

/** Adds a device to a product; the answer is a success even if it says no. */
export async function addDevice(product: number, id: string): Promise<void> {
  const got = await api.post<Imported>(`/v1/products/${product}/devices`, { id });
  if (![...got.updatedDeviceIds, ...got.existingDeviceIds].includes(id)) throw new Error('The product did not take the device. It may be in another product already: remove it there first.');
}

/** Makes what is missing of device and product, and brings them together. */
export async function prepare(choices: Choices): Promise<Pick<Choices, 'device' | 'product'>> {
  const device = choices.device ?? (await registerSimulated(choices.platform));
  const product = choices.product ?? (await createProduct(proposedName(choices.platform), choices.platform));
  await addDevice(product.id, device.id);
  return { device, product };
}
