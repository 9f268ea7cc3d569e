import { useQuery } from '@tanstack/react-query';
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Redirect, useParams, useSearchParams } from 'wouter';
import { isMissing } from '../api/client';
import { useMay, useRole } from '../app/rights';
import { useScope } from '../app/scope';
import { Answered, Empty } from '../kit/states';
import { Builder } from './Builder';
import { handedOver } from './handover';
import { readSettings } from './saved';
import { blank, copyOf } from './start';

/** The settings of a saved integration, as they are now. */
function useSettings(id: string) {
  const { api } = useScope();
  return useQuery({
    queryKey: ['integrations', api, id, 'settings'],
    enabled: id !== '',
    queryFn: ({ signal }) => readSettings(api, id, signal),
    gcTime: 0,
    staleTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** A new integration: blank, from the gallery, for an event, or a copy. */
export function CreatePage() {
  return (
    <Allowed action="integrations:create">
      <Created />
    </Allowed>
  );
}

/** Asks for the right before a form is filled in for nothing. */
function Allowed({ action, children }: { action: string; children: ReactNode }) {
  const { known } = useRole();
  const { may, why } = useMay()(action);
  // Until the role is known the form shows; its button waits.
  if (may || !known) return children;
  return (
    <Empty icon={IconLock} title="This is not open to you">
      {why} Whoever administers it can change that under Team.
    </Empty>
  );
}

function Created() {
  const [search] = useSearchParams();
  const template = search.get('template') ?? '';
  const from = search.get('from') ?? '';
  const original = useSettings(from);
  const event = search.get('event') ?? '';
  const sample = { name: event, data: search.get('data') ?? '', deviceID: search.get('device') ?? '' };
  if (template) {
    const given = handedOver(template);
    if (!given) return <Redirect to={`/integrations/gallery/${encodeURIComponent(template)}`} replace />;
    return <Builder key={template} start={given.doc} guide={given.entry} sample={{ ...given.entry.sample_event, deviceID: '' }} />;
  }
  if (from) {
    return (
      <Answered query={original} what="The integration to copy" rows={8}>
        {(doc) => <Builder key={from} start={copyOf(doc)} sample={sample} />}
      </Answered>
    );
  }
  return <Builder key={event} start={blank(event)} sample={sample} />;
}

/** Changes a saved integration. */
export function EditPage() {
  const id = useParams()['id'] ?? '';
  const scope = useScope();
  const query = useSettings(id);
  // An integration of the product's organization is changed there, or separated on its page.
  if (isMissing(query.error) && scope.kind === 'product' && scope.product.org) return <Redirect to={`/integrations/webhooks/${id}`} replace />;
  return (
    <Allowed action="integrations:update">
      <Answered query={query} what="The integration" rows={8}>
        {(doc) => <Builder key={id} start={doc} saved={{ id, doc }} sample={{ name: '', data: '', deviceID: '' }} />}
      </Answered>
    </Allowed>
  );
}
