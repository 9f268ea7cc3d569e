import { Tooltip } from '@mantine/core';
import { cloneElement, type MouseEvent, type ReactElement } from 'react';
import { useMay } from '../app/rights';

type Guarded = ReactElement<{ onClick?: unknown; 'data-disabled'?: boolean; 'aria-disabled'?: boolean }>;

/** A button that does nothing and says why, when the role of its user does not reach that far. */
export function Guard({ action, children }: { action: string; children: Guarded }) {
  const { may, why } = useMay()(action);
  if (may) return children;
  const off = cloneElement(children, {
    'data-disabled': true,
    'aria-disabled': true,
    onClick: (e: MouseEvent) => e.preventDefault(),
  });
  return (
    <Tooltip label={why || 'Looking up your role'} multiline w={240} events={{ hover: true, focus: true, touch: true }}>
      {off}
    </Tooltip>
  );
}
