import type { components } from './schema.gen';

/** The API's own schemas, by the names that its description gives them. */
export type Schemas = components['schemas'];

export type Session = { ok: true; id: string; username: string; admin: boolean; expires_at?: string | null };
export type User = Schemas['User'];
export type Product = Schemas['Product'];
export type Organization = Schemas['Organization'];
export type Device = Schemas['Device'];
export type Settings = Schemas['Settings'];
export type Integration = Schemas['Integration'];
export type Day = Schemas['Day'];
export type Call = Schemas['Call'];
export type PageMeta = Schemas['PageMeta'];
