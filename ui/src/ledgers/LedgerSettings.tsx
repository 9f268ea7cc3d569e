import { Button, Card, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { api } from '../api/client';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { tell } from '../kit/notify';
import { useSubmit } from '../kit/useSubmit';
import { type Ledger, useRefreshLedgers } from './data';
import { aboutDirection, aboutScope } from './words';

/** The description of a ledger, and its archive. */
export function LedgerSettings({ ledger }: { ledger: Ledger }) {
  const scope = useScope();
  const refresh = useRefreshLedgers();
  const { may } = useMay()('ledgers:update');
  const path = `${scope.api}/ledgers/${ledger.name}`;
  const [archiving, setArchiving] = useState(false);
  const form = useForm({ initialValues: { description: ledger.description } });
  const { busy, failure, run } = useSubmit(form, ['description']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      await api.put(path, { ledger: v });
      form.resetDirty();
      tell.done('Saved');
      await refresh();
    }),
  );
  const restore = async () => {
    await api.put(path, { ledger: { archived: false } }).then(refresh, tell.failure('Not restored'));
  };
  return (
    <Stack maw={640}>
      <Card withBorder component="section" aria-label="Settings">
        <form onSubmit={save}>
          <Stack gap="sm">
            <Text size="sm">
              A document for each {ledger.scope.toLowerCase()}. {aboutScope[ledger.scope]} {aboutDirection(ledger.direction)}
            </Text>
            <Textarea label="Description" autosize minRows={2} readOnly={!may} {...form.getInputProps('description')} />
            {may && <FormEnd failure={failure} busy={busy} action="Save" disabled={!form.isDirty()} />}
          </Stack>
        </form>
      </Card>
      <Card withBorder component="section" aria-label="Archive">
        <Stack gap="xs" align="flex-start">
          <Title order={2} size="h5">
            Archive
          </Title>
          <Text size="sm" c="dimmed">
            An archived ledger keeps its data and shows it. It takes no new data and is empty for templates.
          </Text>
          <Group>
            {ledger.archived ? (
              <Guard action="ledgers:update">
                <Button variant="default" onClick={() => void restore()}>
                  Bring it back
                </Button>
              </Guard>
            ) : (
              <Guard action="ledgers:delete">
                <Button color="red" variant="outline" onClick={() => setArchiving(true)}>
                  Archive the ledger
                </Button>
              </Guard>
            )}
          </Group>
        </Stack>
        <Confirm
          opened={archiving}
          onClose={() => setArchiving(false)}
          title={`Archive the ledger ${ledger.name}?`}
          action="Archive"
          onConfirm={async () => {
            await api.delete(path);
            tell.done(`${ledger.name} is archived`);
            await refresh();
          }}
        >
          Templates that read it find nothing from now on. It can be brought back.
        </Confirm>
      </Card>
    </Stack>
  );
}
