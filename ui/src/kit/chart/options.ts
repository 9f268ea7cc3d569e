import uPlot from 'uplot';
import { colors, highest, type Series, short, stacked } from './chart';

type Input = {
  labels: string[];
  series: Series[];
  stack?: boolean;
  format?: (n: number) => string;
  height: number;
  width: number;
  sample?: number;
  scheme: 'light' | 'dark';
  hover: (h: { index: number; left: number } | null) => void;
};

/** The figures as uPlot takes them: the x values 0, 1, 2 … and a column for each series. */
export function tableOf(series: Series[], length: number, stack: boolean): uPlot.AlignedData {
  const x = Array.from({ length }, (_, i) => i);
  return [x, ...(stack ? stacked(series) : series.map((s) => s.values))];
}

export function optionsOf(o: Input): uPlot.Options {
  const dark = o.scheme === 'dark';
  const ink = dark ? '#a9afb6' : '#545b63';
  const grid = { stroke: dark ? 'rgba(255,255,255,.08)' : 'rgba(0,0,0,.07)', width: 1 };
  const axis = { stroke: ink, grid, ticks: { show: false }, font: '12px system-ui, sans-serif' };
  const edge = o.stack ? 0.5 : 0.15;
  return {
    width: o.width,
    height: o.height,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !o.stack } },
    scales: { x: { time: false, range: [-edge, o.labels.length - 1 + edge] }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, at) => at.map((i) => o.labels[i] ?? ''), incrs: [1, 2, 5, 10, 15, 30], space: 64, size: 26 },
      { ...axis, values: (_, at) => at.map((n) => axisText(n, o)), size: 52, space: 36 },
    ],
    series: [{}, ...lines(o)],
    hooks: { setCursor: [(u) => o.hover(u.cursor.idx === null || u.cursor.idx === undefined ? null : { index: u.cursor.idx, left: (u.cursor.left ?? 0) + 52 })], drawClear: [(u) => shade(u, o.sample ?? 0, dark)] },
  };
}

/** Counts have no half steps. */
function axisText(n: number, o: Input): string {
  if (highest(o.series, o.stack ?? false) === 0) return n === 0 ? '0' : '';
  if (o.stack && !Number.isInteger(n)) return '';
  return o.format ? o.format(n) : short(n);
}

function lines(o: Input): uPlot.Series[] {
  const bars = uPlot.paths.bars?.({ size: [0.72, 26], radius: 0.15 });
  const all = o.series.map((s): uPlot.Series => {
    const color = colors[s.color][o.scheme];
    if (o.stack && bars) return { label: s.label, stroke: color, fill: color, width: 0, paths: bars, points: { show: false } };
    return { label: s.label, stroke: color, width: 2, points: { show: o.labels.length < 40, size: 5, fill: color } };
  });
  return o.stack ? all.reverse() : all;
}

/** Stripes behind the labels that are made up. */
function shade(u: uPlot, sample: number, dark: boolean) {
  if (sample <= 0) return;
  const { ctx, bbox } = u;
  const right = Math.min(u.valToPos(sample - 0.5, 'x', true), bbox.left + bbox.width);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, right - bbox.left, bbox.height);
  ctx.clip();
  ctx.strokeStyle = dark ? 'rgba(255,255,255,.07)' : 'rgba(0,0,0,.06)';
  ctx.lineWidth = 3;
  for (let x = bbox.left - bbox.height; x < right; x += 14) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
    ctx.stroke();
  }
  ctx.restore();
}
