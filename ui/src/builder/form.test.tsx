import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useReducer } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { Auth } from './Auth';
import { BuilderProvider, type Note } from './context';
import { DataFields } from './DataFields';
import { Delivery } from './Delivery';
import { TemplateField } from './fields';
import { FilterFields } from './FilterFields';
import { print } from './json';
import { ResponseFields } from './ResponseFields';
import { Rows } from './Rows';
import { SampleProvider } from './sample';
import { change, docOf } from './state';

// Its layout needs a browser; a text box stands in.
vi.mock('../kit/editor/Editor', () => ({
  Editor: ({ value, onChange, label }: { value: string; onChange: (v: string) => void; label: string }) => <textarea aria-label={label} value={value} onChange={(e) => onChange(e.target.value)} />,
}));

let now = '';

function Form({ start, children, notes }: { start: string; children: React.ReactNode; notes: { problems?: Note[]; warnings?: Note[] } }) {
  const [draft, dispatch] = useReducer(change, { doc: docOf(start) });
  now = print(draft.doc);
  return (
    <BuilderProvider value={{ doc: draft.doc, dispatch, problems: notes.problems ?? [], warnings: notes.warnings ?? [], hints: {} }}>
      <SampleProvider value={{ event: { name: '', data: '', deviceID: '' }, setSample: () => {} }}>{children}</SampleProvider>
    </BuilderProvider>
  );
}

function show(start: string, children: React.ReactNode, notes = {}) {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
      <MantineProvider env="test">
        <Form start={start} notes={notes}>
          {children}
        </Form>
      </MantineProvider>
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

describe('the form', () => {
  it('adds, changes and removes rows, and leaves the others alone', async () => {
    const user = show('{"headers":{"A":1,"B":{"c":2}}}', <Rows setting="headers" what="header" />);
    await user.type(screen.getByLabelText('Name of a new header'), 'X-C');
    await user.type(screen.getByLabelText('Value of header 3'), 'v');
    expect(now).toBe('{"headers":{"A":1,"B":{"c":2},"X-C":"v"}}');
    await user.type(screen.getByLabelText('Value of header 1'), '0');
    expect(now).toBe('{"headers":{"A":10,"B":{"c":2},"X-C":"v"}}');
    await user.click(screen.getByLabelText('Remove header B'));
    await user.click(screen.getByLabelText('Remove header A'));
    await user.click(screen.getByLabelText('Remove header X-C'));
    expect(now).toBe('{}');
  });

  it('says when a name is there twice, and puts faults of a row beside it', () => {
    show('{"query":{"a":"1","a":"2"}}', <Rows setting="query" what="parameter" />, { problems: [{ field: 'query.a', message: 'query.a: bad.' }, { field: 'query', message: 'query: worse.' }] });
    expect(screen.getByText('This name is there already')).toBeTruthy();
    expect(screen.getAllByText('Bad.')).toHaveLength(2);
    expect(screen.getByRole('alert').textContent).toBe('Worse.');
  });

  it('takes JSON as an object and what is none as a text template', async () => {
    const user = show('{"json":{"a":"b"}}', <DataFields />);
    const editor = screen.getByLabelText<HTMLTextAreaElement>('JSON data');
    expect(editor.value).toBe('{\n  "a": "b"\n}');
    await user.clear(editor);
    await user.click(editor);
    await user.paste('{"t":{{t}}}');
    expect(now).toBe('{"json":"{\\"t\\":{{t}}}"}');
    await user.clear(editor);
    await user.paste('{"t":1.50}');
    expect(now).toBe('{"json":{"t":1.50}}');
    await user.click(screen.getByRole('switch', { name: 'Text template' }));
    expect(now).toBe('{"json":"{\\"t\\":1.50}"}');
  });

  it('turns from default to custom data and brings custom data back', async () => {
    const user = show('{"json":{"mine":"1"},"noDefaults":true}', <DataFields />);
    await user.click(screen.getByText('Default'));
    expect(now).toBe('{"json":{}}');
    await user.click(screen.getByText('Custom'));
    expect(now).toContain('"json":{"mine":"1"}');
    expect(now).toContain('"noDefaults":true');
  });

  it('mends braces by one click, where it is warned of them', async () => {
    const warnings = [{ field: 'url', message: 'url: {{x}} writes & as HTML entities; {{{x}}} writes it as it is.' }];
    const user = show('{"url":"https://h/{{x}}/{{{y}}}"}', <TemplateField setting="url" label="URL" />, { warnings });
    await user.click(screen.getByRole('button', { name: 'Use three braces' }));
    expect(now).toBe('{"url":"https://h/{{{x}}}/{{{y}}}"}');
    expect(screen.queryByRole('button', { name: 'Use three braces' })).toBeNull();
  });

  it('sets credentials in the spelling that is there', async () => {
    const user = show('{"auth":{"user":"a","pass":"b"}}', <Auth />);
    await user.type(screen.getByLabelText('User name'), '2');
    expect(now).toBe('{"auth":{"user":"a2","pass":"b"}}');
    await user.click(screen.getByText('AWS'));
    await user.type(screen.getByLabelText('Region'), 'eu');
    await user.type(screen.getByLabelText('Service'), 's');
    expect(now).toBe('{"auth":{"aws4":{"region":"eu","service":"s"}}}');
    await user.click(screen.getByText('None'));
    expect(now).toBe('{}');
  });

  it('sets retry, order and bounds', async () => {
    const user = show('{"retry":"failed"}', <Delivery />);
    await user.type(screen.getByLabelText('Give up after'), '24h');
    await user.type(screen.getByLabelText('Attempts at most'), '5');
    await user.click(screen.getByRole('switch', { name: /In order/ }));
    expect(now).toBe('{"retry":{"policy":"failed","maxAge":"24h","maxAttempts":5},"ordering":"device"}');
  });

  it('tells an empty topic from none', async () => {
    const user = show('{"event":"a"}', <ResponseFields />);
    const none = screen.getByRole('checkbox', { name: 'Publish no response events' });
    await user.click(none);
    expect(now).toBe('{"event":"a","responseTopic":""}');
    expect(screen.queryByLabelText('Response topic')).toBeNull();
    await user.click(none);
    expect(now).toBe('{"event":"a"}');
  });

  it('writes conditions', async () => {
    const user = show('{}', <FilterFields />);
    await user.click(screen.getByRole('button', { name: 'Add a condition' }));
    await user.type(screen.getByLabelText('Path of condition 1'), 't');
    await user.type(screen.getByLabelText('Value of condition 1'), '50');
    expect(now).toBe('{"filter":{"data":[{"path":"t","op":"=","value":50}]}}');
    await user.click(screen.getByLabelText('Remove condition 1'));
    expect(now).toBe('{}');
  });
});
