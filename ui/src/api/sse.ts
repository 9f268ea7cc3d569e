/** An event of a text/event-stream. */
export type Message = { event: string; data: string; id: string };

/**
 * Reads a text/event-stream piece by piece. The hub names each event by what was
 * published, and a browser's EventSource hears only names it knows beforehand, so
 * the console reads streams itself. Follows the WHATWG rules for fields, comments
 * and line ends.
 */
export class StreamParser {
  private rest = '';
  private event = '';
  private data: string[] = [];
  private id = '';

  /** Takes text as it arrives and gives the messages that it completes. */
  push(text: string): Message[] {
    this.rest += text;
    const messages: Message[] = [];
    for (;;) {
      const end = lineEnd(this.rest);
      if (!end) return messages;
      const line = this.rest.slice(0, end.at);
      this.rest = this.rest.slice(end.at + end.length);
      const message = this.line(line);
      if (message) messages.push(message);
    }
  }

  private line(line: string): Message | undefined {
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) return undefined;
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const raw = colon < 0 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'event') this.event = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
    return undefined;
  }

  private dispatch(): Message | undefined {
    const { event, data } = this;
    this.event = '';
    this.data = [];
    return data.length ? { event: event || 'message', data: data.join('\n'), id: this.id } : undefined;
  }
}

/** Where the first line ends. A lone CR at the very end may be half of a CRLF. */
function lineEnd(text: string): { at: number; length: number } | undefined {
  const at = text.search(/[\r\n]/);
  if (at < 0) return undefined;
  if (text[at] === '\n') return { at, length: 1 };
  if (at + 1 === text.length) return undefined;
  return { at, length: text[at + 1] === '\n' ? 2 : 1 };
}
