import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { requestText } from '../api/client';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';
import type { BuilderState } from './context';
import { type JsonObject, print } from './json';
import { changeOf, getText, type Setting, settingAt } from './mapping';
import type { Sample } from './sample';

export type Preview = Schemas['Preview'];

/** The body of a question for a preview. */
export function questionOf(doc: JsonObject, sample: Sample, saved?: Saved, response?: { status: number; body: string }): string {
  const parts = [`"integration":${print(saved ? changeOf(saved.doc, doc) : doc)}`];
  if (saved) parts.push(`"id":${JSON.stringify(saved.id)}`);
  parts.push(sample.recorded ? `"event_id":${JSON.stringify(sample.recorded.id)}` : `"event":${JSON.stringify(sample.event)}`);
  if (response) parts.push(`"response":${JSON.stringify(response)}`);
  return `{${parts.join(',')}}`;
}

export type Saved = { id: string; doc: JsonObject };

/** What the hub would make of it, asked 300 ms after the last change; the last answer stays until the next one. */
export function usePreview(doc: JsonObject, sample: Sample, saved?: Saved, response?: { status: number; body: string }, wanted = true) {
  const { api } = useScope();
  const [question] = useDebouncedValue(questionOf(doc, sample, saved, response), 300);
  return useQuery({
    queryKey: ['preview', api, question],
    enabled: wanted,
    queryFn: async ({ signal }) => JSON.parse(await requestText('POST', `${api}/integrations/preview`, question, signal)) as Preview,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 30_000,
    retry: false,
  });
}

/** The last request that could be rendered, shown while there are faults. */
export function useLastRequest(preview: Preview | undefined): { shown: Preview | undefined; stale: boolean } {
  const [last, setLast] = useState<Preview>();
  if (preview?.request && preview.request !== last?.request) setLast(preview);
  const shown = preview?.request ? preview : last;
  return { shown, stale: shown !== preview };
}

/** The preview without complaints about what nobody has filled in yet. */
export function patient(preview: Preview | undefined, doc: JsonObject): Preview | undefined {
  if (!preview?.errors) return preview;
  const untouched = (field: string) => ['event', 'url'].includes(settingAt(field)) && getText(doc, settingAt(field) as Setting) === '';
  return { ...preview, errors: preview.errors.filter((e) => !untouched(e.field)) };
}

/** Faults and warnings as the form's fields want them. */
export function notesOf(preview: Preview | undefined): Pick<BuilderState, 'problems' | 'warnings'> {
  return { problems: preview?.errors ?? [], warnings: preview?.warnings ?? [] };
}
