import { Paper, Text } from '@mantine/core';
import { diffLines } from './diff';

const looks = {
  same: { sign: ' ', color: undefined, say: '' },
  gone: { sign: '−', color: 'var(--mantine-color-red-light)', say: 'gone: ' },
  new: { sign: '+', color: 'var(--mantine-color-field-light)', say: 'new: ' },
};

/** What changed between two documents, line by line. */
export function Diff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = diffLines(before, after);
  if (lines.every((l) => l.kind === 'same')) {
    return (
      <Text size="sm" c="dimmed">
        {label}: no difference.
      </Text>
    );
  }
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {label}
      </Text>
      <Paper withBorder radius="sm" style={{ overflow: 'auto', maxHeight: 280 }} tabIndex={0} role="region" aria-label={label}>
        {lines.map((l, i) => (
          <div key={i} className="fh-mono" style={{ whiteSpace: 'pre-wrap', padding: '0 8px', background: looks[l.kind].color }}>
            <span aria-hidden>{looks[l.kind].sign} </span>
            <span style={{ position: 'absolute', clipPath: 'inset(50%)' }}>{looks[l.kind].say}</span>
            {l.text}
          </div>
        ))}
      </Paper>
    </div>
  );
}
