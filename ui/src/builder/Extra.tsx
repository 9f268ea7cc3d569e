import { Accordion, Badge, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useScope } from '../app/scope';
import { Auth, authKind } from './Auth';
import { isBranded } from './Branded';
import { getConditions } from './conditions';
import { notesAt, useBuilder } from './context';
import { isDefault } from './content';
import { DataFields } from './DataFields';
import { Delivery } from './Delivery';
import { TemplateField } from './fields';
import { FilterFields } from './FilterFields';
import type { JsonObject } from './json';
import { get, getField, getFields, getFlag, getText, type Setting } from './mapping';
import { ResponseFields } from './ResponseFields';
import { getRetry } from './retry';
import { Rows } from './Rows';
import { SignatureFields } from './SignatureFields';
import { TlsFields } from './TlsFields';

type Section = {
  id: string;
  title: string;
  settings: Setting[];
  /** What is set, in a few words; '' = nothing. */
  summary: (doc: JsonObject) => string;
  body: ReactNode;
  /** Of webhooks alone. */
  webhook?: boolean;
};

const count = (n: number, what: string) => (n === 0 ? '' : `${n} ${what}${n === 1 ? '' : 's'}`);

const sections: Section[] = [
  { id: 'data', title: 'Data fields', webhook: true, settings: ['json', 'form', 'body', 'noDefaults'], summary: (d) => (isDefault(d) ? 'Default' : 'Custom'), body: <DataFields /> },
  { id: 'query', title: 'Query parameters', webhook: true, settings: ['query'], summary: (d) => count(getFields(d, 'query')?.length ?? 1, 'parameter'), body: <Rows setting="query" what="parameter" /> },
  { id: 'auth', title: 'HTTP authentication', webhook: true, settings: ['auth'], summary: (d) => ({ none: '', basic: 'HTTP basic auth', bearer: 'Bearer token', aws4: 'Signed for AWS' })[authKind(d)], body: <Auth /> },
  { id: 'headers', title: 'HTTP headers', webhook: true, settings: ['headers'], summary: (d) => count(getFields(d, 'headers')?.length ?? 1, 'header'), body: <Rows setting="headers" what="header" /> },
  {
    id: 'response',
    title: 'Webhook responses',
    webhook: true,
    settings: ['responseTopic', 'errorResponseTopic', 'responseTemplate', 'unchunked', 'dataUrlResponseEvent'],
    summary: (d) => [get(d, 'responseTemplate') && 'Template', get(d, 'responseTopic') && 'Own topic', getFlag(d, 'unchunked', false) && 'Unchunked'].filter(Boolean).join(', '),
    body: <ResponseFields />,
  },
  {
    id: 'tls',
    title: 'SSL and certificates',
    settings: ['rejectUnauthorized', 'tls'],
    summary: (d) => [getFlag(d, 'rejectUnauthorized', true) ? '' : 'Not enforced', get(d, 'tls') && 'Certificates'].filter(Boolean).join(', '),
    body: <TlsFields />,
  },
  {
    id: 'delivery',
    title: 'Retry and order',
    settings: ['retry', 'ordering', 'maxPending', 'maxAge'],
    summary: (d) => [getRetry(d).policy && `Retry: ${getRetry(d).policy}`, getText(d, 'ordering') === 'device' && 'In order'].filter(Boolean).join(', '),
    body: <Delivery />,
  },
  { id: 'signature', title: 'Signature', webhook: true, settings: ['signature'], summary: (d) => (get(d, 'signature') ? 'Signed' : ''), body: <SignatureFields /> },
  {
    id: 'filter',
    title: 'Filter',
    settings: ['filter'],
    summary: (d) => [count(getConditions(d)?.length ?? 1, 'condition'), getField(d, 'filter', 'devices') && 'Devices', getField(d, 'filter', 'firmware') && 'Firmware'].filter(Boolean).join(', '),
    body: <FilterFields />,
  },
];

/** The sections that say something, to be open from the start. */
export function opened(doc: JsonObject): string[] {
  return sections.filter((s) => (s.id === 'data' ? !isDefault(doc) : s.summary(doc) !== '' || s.settings.some((x) => get(doc, x)))).map((s) => s.id);
}

/** Everything that most integrations do without. */
export function Extra({ open, setOpen }: { open: string[]; setOpen: (ids: string[]) => void }) {
  const { doc, problems, warnings } = useBuilder();
  const scope = useScope();
  const type = getText(doc, 'integration_type');
  const shown = sections.filter((s) => !isBranded(type) || !s.webhook);
  return (
    <div>
      <Title order={2} size="h4" mb="xs">
        Extra settings
      </Title>
      {isBranded(type) && (type.toLowerCase() === 'googlemaps' ? <TemplateField setting="responseTopic" label="Response topic" placeholder={scope.kind === 'sandbox' ? 'hook-response/{{PARTICLE_EVENT_NAME}}' : '{{PARTICLE_DEVICE_ID}}/hook-response/{{PARTICLE_EVENT_NAME}}'} /> : null)}
      {isBranded(type) && <TemplateField setting="errorResponseTopic" label="Error response topic" placeholder="hook-error/{{PARTICLE_EVENT_NAME}}" />}
      <Accordion multiple order={3} variant="separated" value={open} onChange={setOpen} keepMounted={false} chevronPosition="left" mt="xs">
        {shown.map((s) => {
          const wrong = s.settings.some((x) => notesAt(problems, x).length > 0);
          const warned = s.settings.some((x) => notesAt(warnings, x).some((n) => n.kind !== 'comment'));
          return (
            <Accordion.Item key={s.id} value={s.id}>
              <Accordion.Control>
                <Group justify="space-between" gap="xs" wrap="nowrap">
                  <Text size="sm" fw={600}>
                    {s.title}
                  </Text>
                  {wrong ? (
                    <Badge color="red" variant="light">
                      Wrong
                    </Badge>
                  ) : warned ? (
                    <Badge color="yellow" variant="light">
                      Look
                    </Badge>
                  ) : (
                    <Text size="xs" c="dimmed" truncate>
                      {s.summary(doc)}
                    </Text>
                  )}
                </Group>
              </Accordion.Control>
              <Accordion.Panel>{s.body}</Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
    </div>
  );
}
