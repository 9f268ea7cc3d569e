import { requestText } from '../api/client';
import type { JsonObject } from './json';
import { settingsIn } from './start';

/** The settings of a saved integration as they were written: numbers and names lose nothing. */
export async function readSettings(api: string, id: string, signal: AbortSignal): Promise<JsonObject> {
  return settingsIn(await requestText('GET', `${api}/integrations/${encodeURIComponent(id)}`, undefined, signal));
}
