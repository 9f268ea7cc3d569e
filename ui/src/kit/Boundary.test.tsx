import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { Boundary } from './Boundary';

afterEach(() => void vi.restoreAllMocks());

function Breaks({ message }: { message: string }): never {
  throw new Error(message);
}

const at = (place: string, children: React.ReactNode) => (
  <MantineProvider env="test">
    <p>frame</p>
    <Boundary at={place}>{children}</Boundary>
  </MantineProvider>
);

it('keeps what is around a page that breaks, and shows the next page', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { rerender } = render(at('/a', <Breaks message="e is not iterable" />));
  expect(screen.getByRole('alert').textContent).toContain('e is not iterable');
  expect(screen.getByText('frame')).toBeTruthy();
  rerender(at('/a', <p>page</p>));
  expect(screen.queryByText('page')).toBeNull();
  rerender(at('/b', <p>page</p>));
  expect(screen.getByText('page')).toBeTruthy();
});

it('says when a part was not fetched', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  render(at('/a', <Breaks message="Failed to fetch dynamically imported module: /assets/x.js" />));
  expect(screen.getByRole('alert').textContent).toContain('could not be fetched');
});
