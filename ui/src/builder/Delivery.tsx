import { Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useBuilder } from './context';
import { PlainField, useProblem, Warnings } from './fields';
import { text } from './json';
import { getText, put } from './mapping';
import { getRetry, type Policy, putRetry } from './retry';

const policies: { value: Policy; label: string }[] = [
  { value: '', label: 'As the hub is set' },
  { value: 'none', label: 'Never' },
  { value: 'skipped', label: 'When it was skipped because the host sleeps' },
  { value: 'failed', label: 'When it was skipped or failed' },
];

/** What is tried again, in which order, and how much may wait. */
export function Delivery() {
  const { doc, edit } = useBuilder();
  const retry = getRetry(doc);
  const wrong = { policy: useProblem('retry'), age: useProblem('retry.maxAge'), attempts: useProblem('retry.maxAttempts') };
  return (
    <Stack>
      <Select
        label="Retry"
        description="Skipped requests are tried again after 30 s and 60 s; failed ones at growing distances."
        data={policies}
        value={retry.policy}
        allowDeselect={false}
        error={wrong.policy}
        onChange={(v) => edit((d) => putRetry(d, { ...getRetry(d), policy: (v ?? '') as Policy }))}
      />
      {retry.policy === 'failed' && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Bound label="Give up after" description="Such as 90s, 15m, 24h or 7d" value={retry.maxAge} error={wrong.age} set={(maxAge) => edit((d) => putRetry(d, { ...getRetry(d), maxAge }))} />
          <Bound label="Attempts at most" description="1 to 1,000" value={retry.maxAttempts} error={wrong.attempts} set={(maxAttempts) => edit((d) => putRetry(d, { ...getRetry(d), maxAttempts }))} />
        </SimpleGrid>
      )}
      <Switch
        label="In order for each device"
        description="A device's next event waits until the one before has been delivered or given up."
        checked={getText(doc, 'ordering') === 'device'}
        onChange={(e) => {
          const on = e.currentTarget.checked;
          edit((d) => put(d, 'ordering', on ? text('device') : undefined));
        }}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <PlainField setting="maxPending" label="Waiting deliveries at most" description="Further ones are dropped. Empty: as the hub is set." placeholder="10000" />
        <PlainField setting="maxAge" label="Wait for the first attempt at most" description="Such as 90s, 15m, 24h or 7d." placeholder="24h" />
      </SimpleGrid>
      <Warnings of="retry" />
    </Stack>
  );
}

function Bound({ label, description, value, error, set }: { label: string; description: string; value: string; error: string | undefined; set: (v: string) => void }) {
  return <TextInput label={label} description={description} value={value} error={error} onChange={(e) => set(e.currentTarget.value.trim())} />;
}
