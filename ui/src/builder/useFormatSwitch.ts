import { useRef } from 'react';
import { useBuilder } from './context';
import { converted } from './content';
import { type Json } from './json';
import { type Format, formatOf, get, putFormat } from './mapping';

/** Changes the format. Going back to one brings back what was there, unless something was written since. */
export function useFormatSwitch(): (format: Format) => void {
  const { doc, edit } = useBuilder();
  const left = useRef(new Map<Format, { content: Json | undefined; became: Json | undefined }>());
  return (format) => {
    const now = formatOf(doc);
    if (format === now) return;
    const content = get(doc, now);
    const back = left.current.get(format);
    const untouched = back && back.became === content;
    const next = untouched ? back.content : converted(doc, format);
    left.current.set(now, { content, became: next });
    edit((d) => putFormat(d, format, next));
  };
}
