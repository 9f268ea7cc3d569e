import type { ComponentProps } from 'react';
import { Guard } from '../kit/Guard';
import type { Opened } from './data';

/**
 * A Guard for what is done to an integration. The role in a product says nothing
 * about the organization that an integration seen there may belong to: then the
 * hub alone decides.
 */
export function Allowed({ at, action, children }: { at: Opened; action: string; children: ComponentProps<typeof Guard>['children'] }) {
  return at.from ? children : <Guard action={action}>{children}</Guard>;
}
