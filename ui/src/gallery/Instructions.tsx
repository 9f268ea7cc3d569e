import { Anchor, Code, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Snippet } from '../kit/Snippet';
import './gallery.css';
import { type Block, type Inline, read } from './markdown';

/** Instructions in Markdown, as elements: no HTML of the text gets into the page. */
export function Instructions({ source }: { source: string }) {
  return <div className="fh-text">{read(source).map(blockOf)}</div>;
}

function blockOf(b: Block, key: number): ReactNode {
  switch (b.kind) {
    case 'heading':
      return (
        <Title key={key} order={3} size="h6">
          {b.inlines.map(inlineOf)}
        </Title>
      );
    case 'paragraph':
      return (
        <Text key={key} size="sm" component="p">
          {b.inlines.map(inlineOf)}
        </Text>
      );
    case 'code':
      return (
        <div key={key} style={{ marginBottom: '0.6em' }}>
          <Snippet title={b.language || 'Text'} text={b.text} maxHeight={260} />
        </div>
      );
    case 'list': {
      const List = b.ordered ? 'ol' : 'ul';
      return (
        <List key={key} {...(b.ordered && b.start !== 1 ? { start: b.start } : {})}>
          {b.items.map((i, n) => (
            <li key={n}>
              {i.inlines.map(inlineOf)}
              {i.blocks.map(blockOf)}
            </li>
          ))}
        </List>
      );
    }
  }
}

function inlineOf(i: Inline, key: number): ReactNode {
  switch (i.kind) {
    case 'code':
      return <Code key={key}>{i.text}</Code>;
    case 'strong':
      return <b key={key}>{i.text}</b>;
    case 'em':
      return <em key={key}>{i.text}</em>;
    case 'link':
      return (
        <Anchor key={key} href={i.href} target="_blank" rel="noreferrer" size="sm" underline="always">
          {i.text}
        </Anchor>
      );
    default:
      return i.text;
  }
}
