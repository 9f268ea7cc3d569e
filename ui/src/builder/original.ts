import { createContext, useContext } from 'react';
import type { Saved } from './preview';

const Current = createContext<Saved | undefined>(undefined);

export const SavedProvider = Current.Provider;

/** The integration as it is saved; undefined = it is a new one. */
export const useSaved = (): Saved | undefined => useContext(Current);
