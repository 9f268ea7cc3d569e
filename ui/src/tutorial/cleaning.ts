/** Does the steps of the clean-up against the hub. */
import { api, isMissing } from '../api/client';
import type { Device, Integration } from '../api/types';
import type { CleanStep } from './logic/cleanup';

type Devices = { devices: Device[] };

/** The devices of a product, and its integrations: what is there to be cleaned up. */
export async function look(product: number): Promise<{ devices: Device[]; integrations: Integration[] }> {
  const [{ devices }, integrations] = await Promise.all([
    api.get<Devices>(`/v1/products/${product}/devices`, { per_page: 100 }),
    api.get<Integration[]>(`/v1/products/${product}/integrations`),
  ]);
  return { devices, integrations };
}

/** A device that the demo registered to be simulated. */
export function isSimulated(d: { name: string | null }): boolean {
  return d.name?.startsWith('webhook-demo-simulated-') ?? false;
}

/** Something that is gone already is as good as removed. */
const gone = (error: unknown) => {
  if (!isMissing(error)) throw error;
};

/** Takes away a simulated device that is in no product. */
export async function removeSimulated(id: string): Promise<void> {
  await api.delete(`/v1/devices/${id}`).catch(gone);
}

/** One step. Devices come in pages, so it looks again until none is left. */
export async function clean(step: CleanStep, product: number): Promise<void> {
  switch (step) {
    case 'webhooks':
      for (const { id } of await api.get<Integration[]>(`/v1/products/${product}/integrations`)) await api.delete(`/v1/products/${product}/integrations/${id}`).catch(gone);
      return;
    case 'firmware':
      // A board that is marked so keeps what is flashed onto it.
      for (const d of (await look(product)).devices) if (!isSimulated(d)) await api.put(`/v1/products/${product}/devices/${d.id}`, { development: true });
      return;
    case 'devices':
      for (;;) {
        const { devices } = await api.get<Devices>(`/v1/products/${product}/devices`, { per_page: 100 });
        if (devices.length === 0) return;
        for (const d of devices) {
          await api.delete(`/v1/products/${product}/devices/${d.id}`).catch(gone);
          if (isSimulated(d)) await removeSimulated(d.id);
        }
      }
    case 'product':
      await api.delete(`/v1/products/${product}`).catch(gone);
  }
}
