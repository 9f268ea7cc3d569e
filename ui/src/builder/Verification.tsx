import { Tabs } from '@mantine/core';
import { Snippet } from '../kit/Snippet';
import { verification } from './signature';

/** Programs that check a signature, for the receiving side; a tab for each language. */
export function Verification({ maxHeight }: { maxHeight: number }) {
  return (
    <Tabs defaultValue={verification[0]?.language ?? null} keepMounted={false}>
      <Tabs.List>
        {verification.map((v) => (
          <Tabs.Tab key={v.language} value={v.language}>
            {v.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {verification.map((v) => (
        <Tabs.Panel key={v.language} value={v.language} pt="xs">
          <Snippet title={v.label} text={v.code} maxHeight={maxHeight} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
