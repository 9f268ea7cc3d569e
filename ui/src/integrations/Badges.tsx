import { Badge, Tooltip } from '@mantine/core';
import { IconMoon, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import type { Schemas } from '../api/types';
import { percent } from './model';

export function StatusBadge({ off }: { off: boolean }) {
  return off ? (
    <Badge variant="light" color="gray" leftSection={<IconPlayerPause size={12} />}>
      Disabled
    </Badge>
  ) : (
    <Badge variant="light" color="field" leftSection={<IconPlayerPlay size={12} />}>
      Enabled
    </Badge>
  );
}

/** Says that calls to the host are skipped; silent otherwise. */
export function SleepBadge({ host }: { host: Schemas['Host'] | undefined }) {
  if (host?.state !== 'sleeping') return null;
  return (
    <Tooltip label={`${host.host}: ${host.reason || 'too many errors'}; ${percent(host.skip)} of the calls are skipped`} multiline maw={320}>
      <Badge variant="light" color="violet" leftSection={<IconMoon size={12} />} tabIndex={0}>
        Sleeping
      </Badge>
    </Tooltip>
  );
}
