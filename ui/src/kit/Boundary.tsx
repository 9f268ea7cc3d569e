import { Component, type ReactNode } from 'react';
import { messageOf } from '../api/client';
import { Failed } from './states';

type Props = { children: ReactNode; /** Where one is; at another place it tries again. */ at?: string; /** What breaks is left out without a word. */ quiet?: boolean };
type State = { at: string | undefined; broken?: { error: unknown } | undefined };

/** Keeps a page that breaks, or that could not be fetched, from taking the rest with it. */
export class Boundary extends Component<Props, State> {
  override state: State = { at: this.props.at };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { broken: { error } };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.at === state.at ? null : { at: props.at, broken: undefined };
  }

  override render(): ReactNode {
    const { broken } = this.state;
    if (!broken) return this.props.children;
    if (this.props.quiet) return null;
    // A part that was not fetched once is not asked for again by the page that is open.
    return <Failed page message={saying(broken.error)} again={() => window.location.reload()} />;
  }
}

function saying(error: unknown): string {
  const message = messageOf(error);
  if (/dynamically imported module|module script|preload/i.test(message)) return 'A part of the console could not be fetched. The hub may be away, or newer than this page.';
  return `This page has run into a fault of its own: ${message}`;
}
