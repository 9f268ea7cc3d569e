import { Card, Radio, Stack, useMantineColorScheme } from '@mantine/core';

/** How the console looks in this browser. */
export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Card withBorder maw={560}>
      <Radio.Group label="Appearance" description="Kept in this browser." value={colorScheme} onChange={(v) => setColorScheme(v as typeof colorScheme)}>
        <Stack gap="xs" mt="sm">
          <Radio value="light" label="Light" />
          <Radio value="dark" label="Dark" />
          <Radio value="auto" label="As the system has it" />
        </Stack>
      </Radio.Group>
    </Card>
  );
}
