import { Anchor, Code, Group, MultiSelect, SegmentedControl, Select, Stack, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { productsOf } from '../app/lists';
import { useScope } from '../app/scope';
import { DeviceChooser } from '../kit/DeviceChooser';
import { BinHelp } from './BinHelp';
import { useBuilder } from './context';
import { PlainField, TemplateField, useProblem, Warnings } from './fields';
import { array, literal, text } from './json';
import { type Format, formatOf, get, getFlag, getList, getText, put, putFlag, putList } from './mapping';
import { answersOnlyDevice, setAnswersOnlyDevice } from './topics';
import { useFormatSwitch } from './useFormatSwitch';
import { useSecrets } from './secrets';

/** The settings that every webhook has, in the order in which people fill them in. */
export function Basics() {
  const { doc } = useBuilder();
  const scope = useScope();
  return (
    <Stack>
      <PlainField setting="name" label="Name" description="A label for people. Without one, lists show the event and the URL." />
      <EventField />
      <Stack gap={6}>
        <TemplateField setting="url" label="URL" required placeholder="https://example.com/readings" description="Where the request goes. Variables may stand in it." />
        <BinHelp />
      </Stack>
      <Group gap="md" align="flex-end">
        <MethodField />
        {getText(doc, 'requestType').toUpperCase() !== 'GET' && <FormatField />}
      </Group>
      {scope.kind === 'sandbox' && <DeviceField />}
      {scope.kind === 'organization' && <ProductsField />}
      {scope.kind !== 'sandbox' && <AnswerSwitch />}
      <StatusField />
      <SecretsField />
    </Stack>
  );
}

/** An event's name is compared from its beginning. */
export function EventField() {
  const { doc } = useBuilder();
  const prefix = getText(doc, 'event');
  return (
    <PlainField
      setting="event"
      label="Event name"
      required
      placeholder="temp"
      description={
        prefix ? (
          <>
            Every event whose name begins so: <Code>{prefix}</Code>
            {prefix.length < 60 && (
              <>
                , <Code>{prefix}2</Code>, <Code>{prefix}/kitchen</Code>
              </>
            )}
            . Capitals matter.
          </>
        ) : (
          'The beginning of the names of the events that trigger it. Capitals matter.'
        )
      }
    />
  );
}

const methods = ['POST', 'GET', 'PUT', 'DELETE'];

function MethodField() {
  const { doc, edit } = useBuilder();
  const error = useProblem('requestType');
  const value = getText(doc, 'requestType') || 'POST';
  const known = methods.includes(value.toUpperCase());
  return (
    <Select
      label="Request type"
      style={{ flex: '1 1 130px' }}
      data={known ? methods : [...methods, value]}
      value={known ? value.toUpperCase() : value}
      allowDeselect={false}
      error={error}
      onChange={(v) => v && edit((d) => put(d, 'requestType', text(v)))}
    />
  );
}

const formatNames: { value: Format; label: string }[] = [
  { value: 'json', label: 'JSON' },
  { value: 'form', label: 'Web form' },
  { value: 'body', label: 'Custom body' },
];

function FormatField() {
  const { doc } = useBuilder();
  const turn = useFormatSwitch();
  return (
    <div style={{ flex: '2 1 290px' }}>
      <Text size="sm" fw={500} mb={2} id="format-label">
        Request format
      </Text>
      <SegmentedControl fullWidth aria-labelledby="format-label" data={formatNames} value={formatOf(doc)} onChange={(v) => turn(v as Format)} />
    </div>
  );
}

function DeviceField() {
  const { doc, edit } = useBuilder();
  const error = useProblem('deviceID');
  return (
    <DeviceChooser
      label="Device"
      placeholder="Any of your devices"
      description="Any device, or the one whose events alone trigger it."
      value={getText(doc, 'deviceID').toLowerCase() || null}
      error={error}
      onChange={(id) => edit((d) => put(d, 'deviceID', id ? text(id) : undefined))}
    />
  );
}

function ProductsField() {
  const { doc, edit } = useBuilder();
  const error = useProblem('product_ids');
  const products = useQuery(productsOf(useScope()));
  const chosen = getList(doc, 'product_ids');
  const known = (products.data ?? []).map((p) => ({ value: String(p.id), label: `${p.name} (${p.id})` }));
  const strange = chosen.filter((id) => !known.some((k) => k.value === id)).map((id) => ({ value: id, label: id }));
  return (
    <Stack gap={6}>
      <MultiSelect
        label="Products where the integration will execute"
        placeholder={chosen.length === 0 ? 'Choose products' : ''}
        searchable
        clearable
        data={[...known, ...strange]}
        value={chosen}
        error={error}
        onChange={(ids) => edit((d) => put(d, 'product_ids', array(ids.map((id) => literal(Number(id))))))}
      />
      <Warnings of="product_ids" />
    </Stack>
  );
}

function AnswerSwitch() {
  const { doc, edit } = useBuilder();
  return (
    <Switch
      label="Only the device that triggers the webhook should receive its response"
      description="Puts the device's id in front of the response topic."
      checked={answersOnlyDevice(doc)}
      onChange={(e) => {
        const on = e.currentTarget.checked;
        edit((d) => setAnswersOnlyDevice(d, on));
      }}
    />
  );
}

export function StatusField() {
  const { doc, edit } = useBuilder();
  const disabled = getFlag(doc, 'disabled', false);
  return (
    <div>
      <Text size="sm" fw={500} mb={2} id="status-label">
        Status
      </Text>
      <SegmentedControl
        aria-labelledby="status-label"
        data={[
          { value: 'on', label: 'Enabled' },
          { value: 'off', label: 'Disabled' },
        ]}
        value={disabled ? 'off' : 'on'}
        onChange={(v) => edit((d) => putFlag(d, 'disabled', v === 'off', false))}
      />
    </div>
  );
}

export function SecretsField() {
  const { doc, edit } = useBuilder();
  const scope = useScope();
  const error = useProblem('secrets');
  const secrets = useSecrets(scope);
  const chosen = getList(doc, 'secrets');
  const all = [...new Set([...(secrets.data ?? []), ...chosen])];
  return (
    <Stack gap={6}>
      <MultiSelect
        label="Secrets"
        placeholder={chosen.length === 0 ? 'None' : ''}
        description={
          <Group gap={6} component="span">
            <span>Which secrets the templates may use, as in {'{{{API_KEY}}}'}.</span>
            <Anchor component={Link} href="/secrets" target="_blank" size="xs">
              Create a secret in a new tab
            </Anchor>
          </Group>
        }
        searchable
        data={all}
        value={chosen}
        error={error}
        onDropdownOpen={() => void secrets.refetch()}
        onChange={(names) => edit((d) => putList(d, 'secrets', names))}
        nothingFoundMessage="This scope has no such secret"
      />
      <Warnings of="secrets" />
      {get(doc, 'secrets')?.kind === 'literal' && (
        <Text size="xs" c="dimmed">
          This is no list of names. Change it under Custom template.
        </Text>
      )}
    </Stack>
  );
}
