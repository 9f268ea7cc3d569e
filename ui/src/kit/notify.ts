import { notifications } from '@mantine/notifications';
import { messageOf } from '../api/client';

/** Short messages in the corner. */
export const tell = {
  done: (message: string) => notifications.show({ message, color: 'field' }),
  /** What worked, with something to think about. */
  warning: (title: string, message: string) => notifications.show({ title, message, color: 'yellow', autoClose: 12_000 }),
  /** Gives a handler for what went wrong: `.catch(tell.failure('Not saved'))`. */
  failure: (title: string) => (error: unknown) => {
    notifications.show({ title, message: messageOf(error), color: 'red', autoClose: 8_000 });
  },
};
