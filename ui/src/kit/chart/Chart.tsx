import { Group, SegmentedControl, Skeleton, Stack, Text, Title, UnstyledButton, useComputedColorScheme } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { colors, count, type Series, total } from './chart';
import { ChartTable } from './ChartTable';

const Plot = lazy(() => import('./Plot'));

export type ChartProps = {
  /** What is shown: "History of 30 days". */
  title: string;
  /** What the labels are: "Day (UTC)". */
  axis: string;
  labels: string[];
  series: Series[];
  /** Figures that stand in the table alone. */
  tableOnly?: Series[];
  /** Bars that stand on each other; else lines. */
  stack?: boolean;
  /** Writes a value for people. */
  format?: (n: number) => string;
  height?: number;
  /** How many labels from the left are made up for show. */
  sample?: number;
  /** Shown behind each name in the legend; the sum of a stack's parts unless said otherwise. */
  legend?: (s: Series) => string;
  /** Level of the title, in the order of the page. */
  order?: 2 | 3 | 4;
  aside?: ReactNode;
};

/** A chart with a table of the same figures one key press away. */
export function Chart(props: ChartProps) {
  const { title, series, height = 220, sample = 0, order = 3, aside, stack } = props;
  const [view, setView] = useState('chart');
  const [hidden, setHidden] = useState<string[]>([]);
  const shown = series.filter((s) => !hidden.includes(s.label));
  const toggle = (label: string) => setHidden((h) => (h.includes(label) ? h.filter((l) => l !== label) : [...h, label]));
  const legend = props.legend ?? (stack ? (s: Series) => count(total(s)) : () => '');
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between" gap="xs">
        <Title order={order} size="h5">
          {title}
        </Title>
        <Group gap="xs">
          {aside}
          <SegmentedControl
            size="xs"
            aria-label={`${title}: chart or table`}
            value={view}
            onChange={setView}
            data={[
              { value: 'chart', label: 'Chart' },
              { value: 'table', label: 'Table' },
            ]}
          />
        </Group>
      </Group>
      {view === 'table' ? (
        <ChartTable {...props} height={height + 30} />
      ) : (
        <>
          <Suspense fallback={<Skeleton height={height} />}>
            <Plot {...props} height={height} series={shown} />
          </Suspense>
          <Legend series={series} hidden={hidden} toggle={toggle} text={legend} sample={sample > 0} />
        </>
      )}
    </Stack>
  );
}

const stripes = 'repeating-linear-gradient(135deg, var(--mantine-color-dimmed) 0 2px, transparent 2px 5px)';

type LegendProps = { series: Series[]; hidden: string[]; toggle: (label: string) => void; text: (s: Series) => string; sample: boolean };

function Legend({ series, hidden, toggle, text, sample }: LegendProps) {
  const scheme = useComputedColorScheme('light');
  return (
    <Group gap="md" mih={22}>
      {series.map((s) => {
        const off = hidden.includes(s.label);
        return (
          <UnstyledButton key={s.label} aria-pressed={!off} onClick={() => toggle(s.label)} title={off ? 'Show' : 'Hide'}>
            <Group gap={6} wrap="nowrap">
              <Swatch color={off ? 'transparent' : colors[s.color][scheme]} edge={colors[s.color][scheme]} />
              <Text size="xs" td={off ? 'line-through' : undefined} c={off ? 'dimmed' : undefined}>
                {s.label}{' '}
                <Text span fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
                  {text(s)}
                </Text>
              </Text>
            </Group>
          </UnstyledButton>
        );
      })}
      {sample && (
        <Group gap={6} wrap="nowrap">
          <span aria-hidden style={{ width: 12, height: 12, borderRadius: 3, background: stripes }} />
          <Text size="xs" c="dimmed">
            Sample data of the demo
          </Text>
        </Group>
      )}
    </Group>
  );
}

function Swatch({ color, edge }: { color: string; edge: string }) {
  return <span aria-hidden style={{ width: 12, height: 12, borderRadius: 3, background: color, border: `2px solid ${edge}`, flexShrink: 0 }} />;
}
