import { Alert, Button, Card, Code, Group, Progress as Bar, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconPlayerPause } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { messageOf } from '../api/client';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { DropFile } from '../kit/DropFile';
import { Page } from '../kit/Page';
import { useRefreshDevices } from './data';
import { ImportResult } from './importing/ImportResult';
import { mostIds, readList } from './importing/lines';
import { goOn, nothingYet, type Progress, sendIds } from './importing/run';

/** Adds a list of devices to the product, with what became of each. */
export default function ImportPage() {
  const scope = useScope();
  const refresh = useRefreshDevices();
  const right = useMay()('devices:create');
  const [progress, setProgress] = useState<Progress>();
  const [file, setFile] = useState('');
  const [fault, setFault] = useState('');
  const [reading, setReading] = useState<number>();
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const take = async (chosen: File) => {
    setFault('');
    setProgress(undefined);
    setFile(chosen.name);
    setReading(0);
    try {
      const { ids } = await readList(chosen, setReading);
      if (ids.length === 0) setFault('The file holds no ids.');
      else setProgress({ state: 'ready', ids, sent: 0, outcome: nothingYet });
    } catch (error) {
      setFault(messageOf(error));
    } finally {
      setReading(undefined);
    }
  };
  const start = async (from: Progress) => {
    stop.current = new AbortController();
    await goOn(from, (ids, signal) => sendIds(scope.api, ids, signal), stop.current.signal, setProgress);
    await refresh();
  };
  return (
    <Page title="Import devices" about={`Into ${scope.label}.`} crumbs={[{ label: 'Devices', href: '/devices' }]}>
      {!right.may && right.why && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle />}>
          {right.why}
        </Alert>
      )}
      {right.may && !progress && reading === undefined && (
        <DropFile label="List of devices" accept=".txt,.csv,text/plain,text/csv" onFile={(f) => void take(f)}>
          <Text size="sm" c="dimmed" ta="center" maw={520}>
            Text with one device id, serial number, IMEI or ICCID on a line, or CSV with them in a column such as <Code>device_id</Code>. Up to {mostIds.toLocaleString()} in a file.
          </Text>
        </DropFile>
      )}
      {reading !== undefined && (
        <Text size="sm" role="status">
          Reading {file}: {Math.round(reading * 100)} %
        </Text>
      )}
      {fault && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} role="alert" title={file}>
          {fault}
        </Alert>
      )}
      {progress && <Run progress={progress} file={file} start={() => void start(progress)} stop={() => stop.current?.abort()} again={() => void start({ ...progress, state: 'ready', sent: 0, outcome: nothingYet })} other={() => setProgress(undefined)} />}
    </Page>
  );
}

const said: Record<Progress['state'], string> = { ready: 'Ready', running: 'Adding', stopped: 'Stopped', failed: 'Interrupted', done: 'Done' };

type RunProps = { progress: Progress; file: string; start: () => void; stop: () => void; again: () => void; other: () => void };

function Run({ progress, file, start, stop, again, other }: RunProps) {
  const { state, ids, sent, outcome, failure } = progress;
  const share = (sent / ids.length) * 100;
  return (
    <Card withBorder component="section" aria-label="The import">
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {file}: {ids.length.toLocaleString()} {ids.length === 1 ? 'id' : 'ids'}
          </Text>
          <Text size="sm" c="dimmed" role="status">
            {said[state]}
            {state !== 'ready' && `, ${sent.toLocaleString()} of ${ids.length.toLocaleString()}`}
          </Text>
        </Group>
        <Bar.Root size="lg" aria-hidden={false}>
          <Bar.Section value={share} color={state === 'failed' ? 'red' : state === 'stopped' ? 'yellow' : 'field'} aria-label="Share of the list that is settled" animated={state === 'running'} />
        </Bar.Root>
        {failure && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />} role="alert">
            {failure} What is settled stays; going on sends the rest.
          </Alert>
        )}
        <Group gap="xs">
          {state === 'ready' && <Button onClick={start}>Add {ids.length.toLocaleString()} to the product</Button>}
          {state === 'running' && (
            <>
              <Button variant="default" leftSection={<IconPlayerPause size={16} />} onClick={stop}>
                Stop
              </Button>
              <Text size="sm" c="dimmed">
                Leaving this page stops it.
              </Text>
            </>
          )}
          {(state === 'stopped' || state === 'failed') && <Button onClick={start}>Go on</Button>}
          {state === 'done' && (
            <>
              <Button component={Link} href="/devices" leftSection={<IconCircleCheck size={16} />}>
                Show the devices
              </Button>
              <Button variant="default" onClick={again}>
                Send the list again
              </Button>
            </>
          )}
          {state !== 'running' && (
            <Button variant="subtle" color="gray" onClick={other}>
              Another file
            </Button>
          )}
        </Group>
        {state !== 'ready' && <ImportResult outcome={outcome} />}
      </Stack>
    </Card>
  );
}
