import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { JsonObject } from './json';

/**
 * Asks before a page with unsaved changes is left: by closing it (the browser
 * asks) or by a link of the console. The way back of the browser cannot be held
 * up; what was written is kept for this case, in this page's memory alone.
 */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const [target, setTarget] = useState<HTMLAnchorElement>();
  const leaving = useRef(false);
  useEffect(() => {
    if (!dirty) return;
    const unload = (e: BeforeUnloadEvent) => {
      if (!leaving.current) e.preventDefault();
    };
    const click = (e: MouseEvent) => {
      if (leaving.current) return;
      const link = e.target instanceof Element ? e.target.closest('a') : null;
      const elsewhere = link && link.origin === window.location.origin && link.pathname !== window.location.pathname && !link.target;
      if (!elsewhere || e.ctrlKey || e.metaKey || e.shiftKey || e.button !== 0) return;
      e.preventDefault();
      e.stopPropagation();
      setTarget(link);
    };
    window.addEventListener('beforeunload', unload);
    document.addEventListener('click', click, true);
    return () => {
      window.removeEventListener('beforeunload', unload);
      document.removeEventListener('click', click, true);
    };
  }, [dirty]);
  return (
    <Modal opened={target !== undefined} onClose={() => setTarget(undefined)} title="Leave without saving?" centered>
      <Stack>
        <Text size="sm">What you changed is not saved yet.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setTarget(undefined)} data-autofocus>
            Stay
          </Button>
          <Button
            color="red.9"
            onClick={() => {
              abandon();
              leaving.current = true;
              // The link itself knows whether it leads to a page of the console.
              target?.click();
            }}
          >
            Leave
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

let kept: { key: string; doc: JsonObject } | undefined;
let abandoned = false;

/** Keeps one draft, for whoever comes back to its page; not one that was given up. */
export function keep(key: string, doc: JsonObject): void {
  if (!abandoned) kept = { key, doc };
}

export const keptFor = (key: string): JsonObject | undefined => (kept?.key === key ? kept.doc : undefined);

export function forget(): void {
  kept = undefined;
}

/** The page is left on purpose: nothing of it is kept. */
export function abandon(): void {
  kept = undefined;
  abandoned = true;
}

/** A page begins. */
export function begin(): void {
  abandoned = false;
}
