import { useState } from 'react';
import { ApiFailure, messageOf } from '../api/client';

type Form = { setFieldError: (field: string, message: string) => void };

/** The hub begins what it says of a field with the field's name. At the field itself that is once too often. */
export function atField(field: string, message: string): string {
  return message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
}

/**
 * Runs what a form is for. A fault of one of `fields` is shown at that field,
 * everything else as `failure`. Gives whether it worked.
 */
export function useSubmit(form?: Form, fields: readonly string[] = []) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setFailure('');
    try {
      await work();
      return true;
    } catch (error) {
      const field = error instanceof ApiFailure ? error.field : undefined;
      if (form && field && fields.includes(field)) form.setFieldError(field, atField(field, messageOf(error)));
      else setFailure(messageOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, setFailure, run };
}
