import { Checkbox, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../api/client';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { tell } from '../kit/notify';
import { deviceApi, nameOf, useRefreshDevices } from './data';

type Named = { id: string; name: string | null; product_id: number; platform_id: number; owner: string | null };

type Props = { device: Named | undefined; onClose: () => void; onRemoved?: () => void };

/** Asks before a device leaves the sandbox or the product. */
export function RemoveDevice({ device, ...rest }: Props) {
  return device ? <Ask key={device.id} device={device} {...rest} /> : null;
}

function Ask({ device, onClose, onRemoved }: Props & { device: Named }) {
  const scope = useScope();
  const refresh = useRefreshDevices();
  const [deny, setDeny] = useState(false);
  const product = scope.kind === 'product';
  const name = nameOf(device);
  const remove = async () => {
    await api.delete(deviceApi(scope, device.id), product && deny ? { deny: true } : undefined);
    tell.done(deny && product ? `${name} may do nothing now` : `${name} is removed`);
    onRemoved?.();
    await refresh();
  };
  return (
    <Confirm opened onClose={onClose} title={product ? `Remove ${name} from ${scope.label}?` : `Remove ${name}?`} action={deny && product ? 'Deny' : 'Remove'} onConfirm={remove}>
      <Stack gap="sm">
        <Text size="sm">{product ? inProduct(device) : inSandbox(device)}</Text>
        {product && <Checkbox checked={deny} onChange={(e) => setDeny(e.currentTarget.checked)} label="Keep it in the product and let it do nothing (deny)" />}
      </Stack>
    </Confirm>
  );
}

function inProduct(device: Named): string {
  const rest = device.owner ? `It stays with its owner ${device.owner}.` : 'Nobody has claimed it, so the hub forgets it.';
  return `The tokens that the product made for it end at once. ${rest}`;
}

function inSandbox(device: Named): string {
  const rest = device.product_id === device.platform_id ? 'The hub forgets it.' : 'It stays in its product, unclaimed.';
  return `It is yours no more, and the tokens that you made for it end at once. ${rest}`;
}
