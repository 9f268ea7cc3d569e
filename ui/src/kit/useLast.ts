import { useState } from 'react';

/** The value as it was when `on` was last true: what a dialog is called while it fades away and its thing is gone already. */
export function useLast<T>(value: T, on: boolean): T {
  const [last, keep] = useState(value);
  if (on && last !== value) keep(value);
  return on ? value : last;
}
