import { ActionIcon, Button, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** Copies a text. `what` names it for those who cannot see it: "the device id". */
export function Copy({ text, what, label }: { text: string; what: string; /** Shown beside the icon. */ label?: string }) {
  return (
    <CopyButton value={text} timeout={1_500}>
      {({ copied, copy }) => {
        const Icon = copied ? IconCheck : IconCopy;
        const say = copied ? 'Copied' : `Copy ${what}`;
        if (label) {
          return (
            <Button variant="default" size="xs" leftSection={<Icon size={14} />} onClick={copy}>
              {copied ? 'Copied' : label}
            </Button>
          );
        }
        return (
          <Tooltip label={say}>
            <ActionIcon variant="subtle" size="sm" color="gray" onClick={copy} aria-label={say}>
              <Icon size={15} />
            </ActionIcon>
          </Tooltip>
        );
      }}
    </CopyButton>
  );
}
