import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useReducer, useRef, useState } from 'react';
import { api, isDenied, isMissing } from '../api/client';
import type { StreamState } from '../api/stream';
import type { Device, Integration, Product } from '../api/types';
import { useSession } from '../app/session';
import { tell } from '../kit/notify';
import { type AnswerChoice, controlOf, usualAnswer } from './logic/answer';
import { explain, type Hook, type Streamed, type Told, type Walks } from './logic/explainer';
import { type Choices, load, save } from './logic/store';
import { findWebhook, isStale, webhookOf } from './logic/webhook';
import { prepare } from './prepare';
import { type ServerState, useDemoSession } from './useSession';
import { useProductEvents } from './useProductEvents';
import { DeviceLog } from './useSimulator';

/** How many events and requests the page keeps. */
const keeps = 200;

type Remembered = { events: Streamed[]; hooks: Hook[]; walks: Walks };

/** Newest first. */
function remember(s: Remembered, t: Told): Remembered {
  const walks = explain(s.walks, t);
  switch (t.kind) {
    case 'event':
      return { ...s, walks, events: [t.event, ...s.events].slice(0, keeps) };
    case 'hook':
      return { ...s, walks, hooks: [t.hook, ...s.hooks].slice(0, keeps) };
    case 'clear':
      return { events: [], hooks: [], walks };
    default:
      return { ...s, walks };
  }
}

export type Demo = {
  choices: Choices;
  choose: (change: Partial<Choices>) => void;
  server: ServerState & { start: () => void; stop: () => void };
  /** State of the product's event stream. */
  stream: StreamState | 'stopped';
  events: Streamed[];
  hooks: Hook[];
  walks: Walks;
  clear: () => void;
  answer: AnswerChoice;
  setAnswer: (a: AnswerChoice) => void;
  /** The chosen device as the hub knows it. */
  device: Device | undefined;
  inProduct: boolean;
  webhook: Integration | undefined;
  webhookPending: boolean;
  /** The webhook is there and goes to the present session. */
  ready: boolean;
  /** Points the webhook at the present session. */
  point: () => void;
  pointing: boolean;
  /** Makes whatever is missing, with a simulated device. */
  setUp: () => Promise<void>;
  /** What the simulated device says. */
  log: DeviceLog;
  refresh: () => Promise<unknown>;
};

const Current = createContext<Demo | null>(null);

/** The state of the demo, for its panels. */
export function useDemo(): Demo {
  const demo = useContext(Current);
  if (!demo) throw new Error('useDemo is for the panels of the demo');
  return demo;
}

export function DemoProvider({ children }: { children: ReactNode }) {
  return <Current.Provider value={useDemoState()}>{children}</Current.Provider>;
}

function useChoices() {
  const { username } = useSession();
  const [choices, setChoices] = useState(() => load(username, window.localStorage));
  useEffect(() => save(choices, window.localStorage), [choices]);
  const choose = useCallback((change: Partial<Choices>) => setChoices((c) => ({ ...c, ...change })), []);
  return { choices, choose };
}

function useDemoState(): Demo {
  const client = useQueryClient();
  const { choices, choose } = useChoices();
  const [told, dispatch] = useReducer(remember, { events: [], hooks: [], walks: [] });
  const server = useDemoSession(dispatch);
  const stream = useProductEvents(choices.product?.id, server.wanted, (event) => dispatch({ kind: 'event', event }));
  const [answer, setAnswer] = useAnswer(server);
  const product = choices.product?.id;

  const device = useQuery({
    queryKey: ['demo', 'device', choices.device?.id],
    queryFn: () => api.get<Device>(`/v1/devices/${choices.device?.id}`),
    enabled: choices.device !== undefined,
  });
  const integrations = useQuery({
    queryKey: ['demo', 'integrations', product],
    queryFn: () => api.get<Integration[]>(`/v1/products/${product}/integrations`),
    enabled: product !== undefined,
  });
  useEffect(() => {
    if (isDenied(integrations.error) || isMissing(integrations.error)) choose({ product: undefined });
    if (isMissing(device.error)) choose({ device: undefined });
  }, [integrations.error, device.error, choose]);
  const webhook = integrations.data && findWebhook(integrations.data);
  const [point, pointing] = useFreshWebhook(webhook, server, product);
  const [log] = useState(() => new DeviceLog());
  const [making, make] = useState(false); // the webhook, as soon as its address is known
  const { session } = server;
  useEffect(() => {
    if (!making || !session || product === undefined || !integrations.data) return;
    make(false);
    if (webhook) return;
    void api
      .post(`/v1/products/${product}/integrations`, webhookOf(session))
      .then(() => client.invalidateQueries({ queryKey: ['demo', 'integrations'] }), tell.failure('The webhook was not created'));
  }, [making, session, product, integrations.data, webhook, client]);
  const ready = Boolean(webhook && server.session && !isStale(webhook, server.session));
  return {
    choices, choose, server, stream, ...told, answer, setAnswer, webhook, ready,
    point, pointing, log,
    setUp: async () => {
      choose(await prepare(choices));
      await client.invalidateQueries({ queryKey: ['demo'] });
      if (!server.wanted) server.start();
      make(true);
    },
    clear: useCallback(() => dispatch({ kind: 'clear' }), []),
    device: device.data,
    inProduct: product !== undefined && device.data?.product_id === product,
    webhookPending: product !== undefined && integrations.isPending,
    refresh: useCallback(() => client.invalidateQueries({ queryKey: ['demo'] }), [client]),
  };
}

/** The chosen answer, told to the server whenever it or the session changes. */
function useAnswer(server: ServerState) {
  const [answer, setAnswer] = useState(usualAnswer);
  const { session } = server;
  const asked = useRef(usualAnswer);
  useEffect(() => {
    if (!session || (answer === usualAnswer && asked.current === usualAnswer)) return;
    asked.current = answer;
    void api.post(`/demo/control/${session.sessionId}`, controlOf(answer, session.token)).catch(tell.failure('The server was not told how to answer'));
  }, [answer, session]);
  return [answer, setAnswer] as const;
}

/** Points a webhook of an earlier session at the present one. */
function useFreshWebhook(webhook: Integration | undefined, { session }: ServerState, product: number | undefined) {
  const client = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: ({ id, body }: { id: string; body: unknown }) => api.put(`/v1/products/${product}/integrations/${id}`, body),
    onSettled: () => client.invalidateQueries({ queryKey: ['demo', 'integrations'] }),
    onError: tell.failure('The webhook still goes to an earlier session'),
  });
  const point = useCallback(() => {
    if (!webhook || !session) return;
    const { url, headers } = webhookOf(session);
    mutate({ id: webhook.id, body: { url, headers } });
  }, [webhook, session, mutate]);
  const tried = useRef(''); // once: the same webhook may be in use on another page
  useEffect(() => {
    if (!webhook || !session || !isStale(webhook, session) || tried.current === webhook.id + session.url) return;
    tried.current = webhook.id + session.url;
    point();
  }, [webhook, session, point]);
  return [point, isPending] as const;
}

/** The products that the demo made, which are the only ones it offers and deletes. */
export function useDemoProducts() {
  return useQuery({
    queryKey: ['demo', 'products'],
    queryFn: async () => (await api.get<{ products: Product[] }>('/v1/user/products', { per_page: 100 })).products.filter((p) => p.name.startsWith('webhook-demo-')),
  });
}
