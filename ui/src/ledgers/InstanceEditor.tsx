import { Alert, Button, Card, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { api, ApiFailure } from '../api/client';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { Copy } from '../kit/Copy';
import { Editor } from '../kit/editor/Editor';
import { tell } from '../kit/notify';
import { Answered } from '../kit/states';
import { TimeText } from '../kit/TimeText';
import { useSubmit } from '../kit/useSubmit';
import { instanceApi, type Ledger, readInstance, setInstance, type SetMode, useInstance, useRefreshLedgers } from './data';
import { Diff } from './Diff';
import { bodyOf, check, type Instance, instanceOf, mostBytes, pretty, tagsOf } from './document';
import { Tags } from './HowTo';
import { Versions } from './Versions';

type Props = { ledger: Ledger; value: string; onClose: () => void };

/** The document of one device, product or owner. */
export function InstanceEditor({ ledger, value, onClose }: Props) {
  const query = useInstance(ledger.name, value);
  return (
    <Stack>
      <Group>
        <Button variant="subtle" color="gray" leftSection={<IconArrowLeft size={16} />} onClick={onClose}>
          All instances
        </Button>
      </Group>
      <Answered query={query} what="The instance" rows={8}>
        {(found) => <Edit ledger={ledger} value={value} found={found} onClose={onClose} />}
      </Answered>
    </Stack>
  );
}

function Edit({ ledger, value, found, onClose }: Props & { found: Instance | null }) {
  const scope = useScope();
  const refresh = useRefreshLedgers();
  const may = useMay();
  // What is edited stands on the version that was opened; a newer one that comes meanwhile is a conflict, no surprise.
  const [base, setBase] = useState(found);
  const [text, setText] = useState(found ? pretty(found.data) : '{\n  \n}');
  const [mode, setMode] = useState<SetMode>('Replace');
  const [theirs, setTheirs] = useState<Instance | null>();
  const [deleting, setDeleting] = useState(false);
  const { busy, failure, run } = useSubmit();
  const checked = check(text);
  const path = instanceApi(scope.api, ledger.name, value);
  const readOnly = ledger.archived || ledger.direction === 'Upstream' || !may('ledgers:update').may;
  const why = ledger.archived ? 'The ledger is archived.' : ledger.direction === 'Upstream' ? 'Only devices write this ledger.' : may('ledgers:update').why;

  const take = (instance: Instance | null) => {
    setBase(instance);
    setTheirs(undefined);
    setText(instance ? pretty(instance.data) : '{\n  \n}');
  };
  const save = (seen: number) =>
    void run(async () => {
      if (!checked.json) return;
      try {
        const saved = instanceOf(await setInstance(path, bodyOf(checked.json), mode, seen));
        take(saved);
        tell.done(`Saved as version ${saved.version}`);
        await refresh();
      } catch (error) {
        if (!(error instanceof ApiFailure && error.status === 409)) throw error;
        const now = await readInstance(path);
        if ((now?.version ?? 0) === seen) throw error; // refused for another reason
        setTheirs(now);
      }
    });
  return (
    <Group align="flex-start" gap="md">
      <Stack style={{ flex: '3 1 420px', minWidth: 0 }}>
        <Card withBorder component="section" aria-label="Document">
          <Stack gap="sm">
            <Group justify="space-between">
              <div>
                <Title order={2} size="h5">
                  {base?.name || (ledger.scope === 'Owner' ? 'The document' : value)}
                </Title>
                <Group gap={2} wrap="nowrap">
                  <Text span size="xs" c="dimmed" className="fh-mono">
                    {value}
                  </Text>
                  <Copy text={value} what="the id" />
                </Group>
              </div>
              <Text size="sm" c="dimmed">
                {base ? (
                  <>
                    Version {base.version}, <TimeText at={base.updated} size="sm" />
                  </>
                ) : (
                  'Not there yet'
                )}
              </Text>
            </Group>
            <Editor label="Document as JSON" value={text} {...(readOnly ? {} : { onChange: setText })} readOnly={readOnly} minRows={10} maxRows={26} check={faultsOf} />
            <Size checked={checked} />
            {theirs !== undefined && <Conflict theirs={theirs} text={checked.json ? pretty(checked.json) : text} take={() => take(theirs)} keep={() => save(theirs?.version ?? 0)} />}
            {failure && (
              <Text size="sm" c="red" role="alert">
                {failure}
              </Text>
            )}
            {readOnly ? (
              <Text size="sm" c="dimmed">
                {why}
              </Text>
            ) : (
              <Group justify="space-between">
                <Group gap="xs">
                  {base && (
                    <SegmentedControl
                      size="xs"
                      aria-label="How to save"
                      data={[
                        { value: 'Replace', label: 'Replace all' },
                        { value: 'Merge', label: 'Merge members' },
                      ]}
                      value={mode}
                      onChange={(m) => setMode(m as SetMode)}
                    />
                  )}
                  <Text size="xs" c="dimmed">
                    {base && (mode === 'Merge' ? 'Members that are not here stay as they are.' : 'What is not here is gone.')}
                  </Text>
                </Group>
                <Group gap="xs">
                  {base && (
                    <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>
                      Delete
                    </Button>
                  )}
                  <Button loading={busy} disabled={Boolean(checked.fault) || theirs !== undefined} onClick={() => save(base?.version ?? 0)}>
                    Save
                  </Button>
                </Group>
              </Group>
            )}
          </Stack>
        </Card>
      </Stack>
      <Stack style={{ flex: '2 1 300px', minWidth: 0 }}>
        {checked.json && <Tags tags={tagsOf(ledger.name, checked.json)} />}
        {base && base.version > 1 && <Versions ledger={ledger.name} value={value} present={base} use={readOnly ? undefined : (v) => setText(pretty(v.data))} />}
      </Stack>
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete the instance of ${value}?`}
        action="Delete"
        onConfirm={async () => {
          await api.delete(path);
          tell.done('The instance is deleted');
          onClose();
          await refresh();
        }}
      >
        The document goes with all its versions. Templates find nothing there from now on.
      </Confirm>
    </Group>
  );
}

function faultsOf(text: string) {
  const { fault } = check(text);
  return fault ? [fault] : [];
}

function Size({ checked }: { checked: ReturnType<typeof check> }) {
  if (checked.fault) {
    return (
      <Text size="sm" c="red" mih={22} role="alert">
        {checked.fault.message}
      </Text>
    );
  }
  return (
    <Text size="sm" c="dimmed" mih={22}>
      {checked.bytes.toLocaleString()} of {mostBytes.toLocaleString()} bytes
    </Text>
  );
}

/** Somebody was faster: shows both, and lets one choose. */
function Conflict({ theirs, text, take, keep }: { theirs: Instance | null; text: string; take: () => void; keep: () => void }) {
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle />} title={theirs ? `Version ${theirs.version} came meanwhile` : 'The instance was deleted meanwhile'} role="alert">
      <Stack gap="sm">
        {theirs && <Diff before={pretty(theirs.data)} after={text} label="From their version to yours" />}
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={take}>
            {theirs ? 'Take theirs' : 'Leave it deleted'}
          </Button>
          <Button size="xs" onClick={keep}>
            Save mine all the same
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
