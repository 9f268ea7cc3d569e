import { Chip, Collapse, Group, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useDemo } from './demo';
import { presetOf, presets, usualAnswer } from './logic/answer';

/** How the server is to answer: one of the presets, or status, size and delay by themselves. */
export function AnswerChooser() {
  const { answer, setAnswer } = useDemo();
  const preset = presetOf(answer);
  const [own, setOwn] = useState(false);
  const shown = own || !preset;
  const choose = (id: string) => {
    setOwn(id === 'own');
    const found = presets.find((p) => p.id === id);
    if (found) setAnswer(found.choice);
  };
  return (
    <Stack gap={6} role="group" aria-labelledby="answer-title">
      <Text size="sm" fw={600} id="answer-title">
        What the server answers
      </Text>
      <Chip.Group value={shown ? 'own' : preset.id} onChange={(v) => choose(String(v))}>
        <Group gap={6}>
          {presets.map((p) => (
            <Chip key={p.id} value={p.id} size="sm" variant="outline">
              {p.label}
            </Chip>
          ))}
          <Chip value="own" size="sm" variant="outline">
            Other…
          </Chip>
        </Group>
      </Chip.Group>
      <Collapse expanded={shown}>
        <Group align="flex-end" pt={4}>
          <NumberInput label="Status" min={200} max={599} w={110} value={answer.status} clampBehavior="strict" onChange={(v) => typeof v === 'number' && v >= 200 && setAnswer({ ...answer, status: v })} />
          <NumberInput
            label="Size in bytes"
            placeholder="usual"
            min={0}
            max={65_536}
            w={140}
            value={answer.size ?? ''}
            clampBehavior="strict"
            onChange={(v) => setAnswer({ ...answer, size: typeof v === 'number' ? v : null })}
          />
          <NumberInput label="Delay in ms" min={0} max={25_000} step={500} w={140} value={answer.delayMs} clampBehavior="strict" onChange={(v) => setAnswer({ ...answer, delayMs: typeof v === 'number' ? v : 0 })} />
          <Switch label="Want another token" checked={answer.refuse} onChange={(e) => setAnswer({ ...answer, refuse: e.currentTarget.checked })} pb={8} />
        </Group>
      </Collapse>
      <Text size="sm" c="dimmed" role="status">
        {preset && !shown ? preset.about : answer === usualAnswer ? presets[0]?.about : 'The next request is answered so.'}
      </Text>
    </Stack>
  );
}
