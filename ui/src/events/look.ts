import { IconAlertTriangle, IconArrowBackUp, IconPointFilled, IconSend, IconServer2 } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { EventKind } from './entry';

/** How each kind of event looks. The word stands beside the colour. */
export const looks: Record<EventKind, { label: string; color: string; icon: ComponentType<{ size?: number; color?: string }> }> = {
  published: { label: 'published', color: 'blue', icon: IconPointFilled },
  sent: { label: 'hook-sent', color: 'field', icon: IconSend },
  response: { label: 'hook-response', color: 'teal', icon: IconArrowBackUp },
  error: { label: 'hook-error', color: 'red', icon: IconAlertTriangle },
  system: { label: 'system', color: 'gray', icon: IconServer2 },
};

/** The publisher in words. */
export function publisherOf(device: string): string {
  if (device === 'api') return 'API';
  if (device === 'particle-internal') return 'hub';
  return device;
}

/** Data for one line: the hub's "undefined" of hook-sent says nothing. */
export function lineOf(data: string | null, kind: EventKind): string {
  if (data === null || (kind === 'sent' && data === 'undefined')) return '';
  return data.length > 300 ? `${data.slice(0, 300)}…` : data;
}
