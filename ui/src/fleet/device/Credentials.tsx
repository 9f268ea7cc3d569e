import { ActionIcon, Button, Card, Group, Modal, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCertificate, IconKey, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import type { Device, Schemas } from '../../api/types';
import { useMay } from '../../app/rights';
import { useScope } from '../../app/scope';
import { Confirm } from '../../kit/Confirm';
import { Copy } from '../../kit/Copy';
import { FormEnd } from '../../kit/FormEnd';
import { tell } from '../../kit/notify';
import { Answered, Empty } from '../../kit/states';
import { TimeText } from '../../kit/TimeText';
import { useSubmit } from '../../kit/useSubmit';
import type { Added } from '../add/AddDevice';
import { FirstSteps } from '../add/FirstSteps';
import { deviceApi, nameOf, useRefreshDevices } from '../data';

/** What a device shows to the hub: tokens, and fingerprints of certificates for gateways. */
export function Credentials({ device }: { device: Device }) {
  const { may, why } = useMay()('devices:authorize');
  if (!may) {
    return (
      <Empty icon={IconKey} title="Credentials are not open to you">
        {why}
      </Empty>
    );
  }
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Tokens device={device} />
      <Certificates device={device} />
    </SimpleGrid>
  );
}

type Token = Schemas['Token'];

function Tokens({ device }: { device: Device }) {
  const scope = useScope();
  const path = `${deviceApi(scope, device.id)}/tokens`;
  const query = useQuery({ queryKey: ['credentials', path], queryFn: async () => (await api.get<{ tokens: Token[] }>(path)).tokens });
  const refresh = useRefreshDevices();
  const { busy, failure, run } = useSubmit();
  const [made, setMade] = useState<Added>();
  const [revoking, setRevoking] = useState<Token>();
  const create = () =>
    void run(async () => {
      const { token } = await api.post<Schemas['DeviceToken']>(path);
      setMade({ id: device.id, name: device.name, token });
      await refresh();
    });
  return (
    <Card withBorder component="section" aria-label="Tokens">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h5">
            Tokens
          </Title>
          <Button size="xs" variant="light" leftSection={<IconKey size={15} />} loading={busy} onClick={create}>
            Make a token
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          With one the device publishes and listens as itself, and can do nothing else.{' '}
          {scope.kind === 'product' ? 'These were made by the product and end when the device leaves it.' : 'These end when the device is yours no more.'}
        </Text>
        {failure && (
          <Text size="sm" c="red" role="alert">
            {failure}
          </Text>
        )}
        <Answered query={query} what="The list of tokens" rows={2}>
          {(tokens) =>
            tokens.length === 0 ? (
              <Text size="sm">No token yet.</Text>
            ) : (
              tokens.map((t) => (
                <Group key={t.id} justify="space-between" wrap="nowrap">
                  <div>
                    <Text span className="fh-mono">
                      …{t.token.slice(-4)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      made <TimeText at={t.created_at} size="xs" />
                    </Text>
                  </div>
                  <ActionIcon variant="subtle" color="red" aria-label={`Revoke the token ending in ${t.token.slice(-4)}`} onClick={() => setRevoking(t)}>
                    <IconTrash size={17} />
                  </ActionIcon>
                </Group>
              ))
            )
          }
        </Answered>
      </Stack>
      <Modal opened={Boolean(made)} onClose={() => setMade(undefined)} title={`A token for ${nameOf(device)}`} size="lg" centered closeOnClickOutside={false}>
        {made && <FirstSteps added={made} onClose={() => setMade(undefined)} />}
      </Modal>
      <Confirm
        opened={Boolean(revoking)}
        onClose={() => setRevoking(undefined)}
        title={`Revoke the token ending in ${revoking?.token.slice(-4)}?`}
        action="Revoke"
        onConfirm={async () => {
          await api.delete(`${path}/${revoking?.id}`);
          tell.done('Revoked');
          await refresh();
        }}
      >
        Whatever publishes as {nameOf(device)} with it is refused from now on, and its event streams end.
      </Confirm>
    </Card>
  );
}

type Certificate = Schemas['Certificate'];

function Certificates({ device }: { device: Device }) {
  const scope = useScope();
  const path = `${deviceApi(scope, device.id)}/certificates`;
  const query = useQuery({ queryKey: ['credentials', path], queryFn: async () => (await api.get<{ certificates: Certificate[] }>(path)).certificates });
  const refresh = useRefreshDevices();
  const [removing, setRemoving] = useState<Certificate>();
  return (
    <Card withBorder component="section" aria-label="Certificates">
      <Stack gap="sm">
        <Title order={2} size="h5">
          Certificates
        </Title>
        <Text size="sm" c="dimmed">
          SHA-256 fingerprints, for gateways that speak TLS with devices. Ten at the most.
        </Text>
        <Answered query={query} what="The list of certificates" rows={2}>
          {(all) =>
            all.map((c) => (
              <Group key={c.fingerprint} justify="space-between" wrap="nowrap">
                <Group gap={4} wrap="nowrap" style={{ minWidth: 0 }}>
                  <IconCertificate size={17} style={{ flex: 'none' }} aria-hidden />
                  <Text span className="fh-mono" title={c.fingerprint}>
                    {c.fingerprint.slice(0, 12)}…{c.fingerprint.slice(-6)}
                  </Text>
                  <Copy text={c.fingerprint} what="the fingerprint" />
                </Group>
                <ActionIcon variant="subtle" color="red" aria-label={`Take away the certificate ${c.fingerprint.slice(0, 12)}`} onClick={() => setRemoving(c)}>
                  <IconTrash size={17} />
                </ActionIcon>
              </Group>
            ))
          }
        </Answered>
        <AddCertificate path={path} onAdded={refresh} />
      </Stack>
      <Confirm opened={Boolean(removing)} onClose={() => setRemoving(undefined)} title="Take this certificate away?" action="Take away" onConfirm={() => api.delete(`${path}/${removing?.fingerprint}`).then(refresh)}>
        {nameOf(device)} is no longer known by <span className="fh-mono">{removing?.fingerprint}</span>.
      </Confirm>
    </Card>
  );
}

/** Fingerprints are often written with colons. */
const plain = (fingerprint: string) => fingerprint.replaceAll(':', '').trim().toLowerCase();

function AddCertificate({ path, onAdded }: { path: string; onAdded: () => Promise<unknown> }) {
  const form = useForm({ initialValues: { fingerprint: '' }, validate: { fingerprint: (v) => (/^[0-9a-f]{64}$/.test(plain(v)) ? null : '64 hexadecimal digits') } });
  const { busy, failure, run } = useSubmit(form, ['fingerprint']);
  const add = form.onSubmit((v) =>
    void run(async () => {
      await api.post(path, { fingerprint: plain(v.fingerprint) });
      form.reset();
      await onAdded();
    }),
  );
  return (
    <form onSubmit={add}>
      <Stack gap="xs">
        <TextInput label="Fingerprint of a certificate" placeholder="3a7bd3e2…" {...form.getInputProps('fingerprint')} />
        <FormEnd failure={failure} busy={busy} action="Add" />
      </Stack>
    </form>
  );
}
