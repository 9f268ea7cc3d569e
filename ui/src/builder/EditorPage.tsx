import { useQuery } from '@tanstack/react-query';
import { Redirect, useParams, useSearchParams } from 'wouter';
import { requestText } from '../api/client';
import { useScope } from '../app/scope';
import { Answered } from '../kit/states';
import { Builder } from './Builder';
import { handedOver } from './handover';
import { blank, copyOf, settingsIn } from './start';

/** The settings of a saved integration, as they are now. */
function useSettings(id: string) {
  const { api } = useScope();
  return useQuery({
    queryKey: ['integrations', api, id, 'settings'],
    enabled: id !== '',
    queryFn: async ({ signal }) => settingsIn(await requestText('GET', `${api}/integrations/${encodeURIComponent(id)}`, undefined, signal)),
    gcTime: 0,
    staleTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

/** A new integration: blank, from the gallery, for an event, or a copy. */
export function CreatePage() {
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
  const query = useSettings(id);
  return (
    <Answered query={query} what="The integration" rows={8}>
      {(doc) => <Builder key={id} start={doc} saved={{ id, doc }} sample={{ name: '', data: '', deviceID: '' }} />}
    </Answered>
  );
}
