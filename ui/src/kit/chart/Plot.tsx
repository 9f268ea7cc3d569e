import 'uplot/dist/uPlot.min.css';
import './plot.css';
import { Paper, Text, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { ChartProps } from './Chart';
import { colors, count, highest, type Series } from './chart';
import { optionsOf, tableOf } from './options';

/** Where the pointer is: the index of a label, and pixels from the left. */
type Hover = { index: number; left: number };

/** The picture of a chart. It says nothing that the table beside it does not. */
export default function Plot(props: ChartProps & { height: number }) {
  const { title, labels, series, stack = false, format = count, height, sample = 0 } = props;
  const room = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const scheme = useComputedColorScheme('light');
  // What a new plot has to be made for; new figures alone are given to the old one.
  const shape = JSON.stringify([series.map((s) => [s.label, s.color]), labels, stack, scheme, height, sample]);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const now = latest.current;
    const options = optionsOf({ ...now, scheme, width: element.clientWidth, hover: setHover });
    const made = new uPlot(options, tableOf(now.series, now.labels.length, now.stack ?? false), element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: now.height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, scheme]);
  const figures = JSON.stringify(series.map((s) => s.values));
  useEffect(() => {
    const now = latest.current;
    plot.current?.setData(tableOf(now.series, now.labels.length, now.stack ?? false));
  }, [figures]);
  return (
    <div style={{ position: 'relative', height }}>
      <div ref={room} role="img" aria-label={summary(title, labels, series, stack, format)} style={{ height, overflow: 'hidden' }} />
      {highest(series, stack) === 0 && (
        <Text size="sm" c="dimmed" ta="center" style={{ position: 'absolute', inset: '36% 0 auto', pointerEvents: 'none' }}>
          Nothing in this time
        </Text>
      )}
      {hover && <Tip {...hover} labels={labels} series={series} format={format} sample={sample} width={room.current?.clientWidth ?? 0} />}
    </div>
  );
}

/** One sentence for those who cannot see the picture. */
function summary(title: string, labels: string[], series: Series[], stack: boolean, format: (n: number) => string): string {
  const names = series.map((s) => s.label).join(', ');
  const most = format(highest(series, stack));
  return `${title}, ${labels[0] ?? ''} to ${labels.at(-1) ?? ''}: ${names}; at most ${most}. The table has the figures.`;
}

type TipProps = Hover & { labels: string[]; series: Series[]; format: (n: number) => string; sample: number; width: number };

function Tip({ index, left, labels, series, format, sample, width }: TipProps) {
  const scheme = useComputedColorScheme('light');
  const onLeft = left > width / 2;
  return (
    <Paper withBorder shadow="sm" px="xs" py={6} aria-hidden style={{ position: 'absolute', top: 4, pointerEvents: 'none', zIndex: 2, ...(onLeft ? { right: width - left + 14 } : { left: left + 14 }) }}>
      <Text size="xs" fw={600}>
        {labels[index]}
        {index < sample ? ' (sample)' : ''}
      </Text>
      {series.map((s) => {
        const value = s.values[index];
        return (
          <Text key={s.label} size="xs" style={{ display: 'flex', gap: 10, justifyContent: 'space-between', fontVariantNumeric: 'tabular-nums' }}>
            <span>
              <span style={{ color: colors[s.color][scheme] }}>■</span> {s.label}
            </span>
            <span>{value === null || value === undefined ? '–' : format(value)}</span>
          </Text>
        );
      })}
    </Paper>
  );
}
