import { Anchor, Button, Card, Group, Stack, Text } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api, isMissing } from '../../api/client';
import type { Device, Schemas } from '../../api/types';
import { type Scope, useScope } from '../../app/scope';
import { useSession } from '../../app/session';
import { Snippet } from '../../kit/Snippet';
import { Answered, Empty } from '../../kit/states';
import { TimeText } from '../../kit/TimeText';

type Found = { ledger: Schemas['Ledger']; instance: Schemas['LedgerInstance'] | null };

/** Ledgers belong to who owns the devices: the user, or the organization of the product. Those of another user are open to nobody else. */
function ownerOf(scope: Scope, username: string): { api: string; pages: string; other?: string } {
  if (scope.kind === 'product' && scope.product.org) return { api: `/v1/orgs/${scope.product.org}`, pages: `~/orgs/${scope.product.org}` };
  return { api: '/v1', pages: '~', ...(scope.kind === 'product' && scope.product.user && scope.product.user !== username ? { other: scope.product.user } : {}) };
}

async function read(base: string, device: string): Promise<Found[]> {
  const { ledgers } = await api.get<{ ledgers: Schemas['Ledger'][] }>(`${base}/ledgers`, { scope: 'Device', per_page: 100 });
  return Promise.all(
    ledgers.map(async (ledger) => {
      try {
        const { instance } = await api.get<{ instance: Schemas['LedgerInstance'] }>(`${base}/ledgers/${ledger.name}/instances/${device}`);
        return { ledger, instance };
      } catch (error) {
        if (isMissing(error)) return { ledger, instance: null };
        throw error;
      }
    }),
  );
}

/** What each ledger of devices holds for this one. */
export function DeviceLedgers({ device }: { device: Device }) {
  const scope = useScope();
  const { username } = useSession();
  const owner = ownerOf(scope, username);
  const query = useQuery({ queryKey: ['ledgers', owner.api, 'of device', device.id], queryFn: () => read(owner.api, device.id), enabled: !owner.other });
  if (owner.other) {
    return (
      <Empty icon={IconDatabase} title="The ledgers are not open to you">
        The product belongs to {owner.other}, and so do the ledgers that its integrations read.
      </Empty>
    );
  }
  return (
    <Answered query={query} what="The ledgers of this device" rows={4}>
      {(found) =>
        found.length === 0 ? (
          <Empty
            icon={IconDatabase}
            title="No ledger has instances for devices"
            action={
              <Button component={Link} href={`${owner.pages}/ledgers`} variant="light">
                To the ledgers
              </Button>
            }
          >
            A ledger holds a small JSON document for each device, which templates of integrations can read.
          </Empty>
        ) : (
          <Stack gap="sm">
            {found.map(({ ledger, instance }) => (
              <Card key={ledger.name} withBorder padding="sm" component="section" aria-label={`Ledger ${ledger.name}`}>
                <Stack gap="xs">
                  <Group justify="space-between">
                    <Text fw={600} size="sm">
                      {ledger.name}
                      {instance && (
                        <Text span size="xs" c="dimmed">
                          {' '}
                          version {instance.version}, <TimeText at={instance.updated_at} size="xs" />
                        </Text>
                      )}
                    </Text>
                    <Anchor component={Link} href={`${owner.pages}/ledgers/${ledger.name}?instance=${device.id}`} size="sm">
                      {instance ? 'Edit' : 'Create'}
                      <span style={{ position: 'absolute', clipPath: 'inset(50%)' }}> the instance of {ledger.name}</span>
                    </Anchor>
                  </Group>
                  {instance ? (
                    <Snippet title={`Data of ${ledger.name}`} text={JSON.stringify(instance.data, null, 2)} maxHeight={220} />
                  ) : (
                    <Text size="sm" c="dimmed">
                      Holds nothing for this device.
                    </Text>
                  )}
                </Stack>
              </Card>
            ))}
          </Stack>
        )
      }
    </Answered>
  );
}
