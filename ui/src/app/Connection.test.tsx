import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { Connection, noticeAway } from './Connection';

afterEach(() => void vi.unstubAllGlobals());

function Part() {
  const { data } = useQuery({ queryKey: ['part'], queryFn: () => fetch('/part').then((r) => r.text()), retry: false });
  return <p>{data ?? 'nothing'}</p>;
}

it('says at once that the hub is away, and catches up when it is back', async () => {
  let up = true;
  vi.stubGlobal('fetch', () => (up ? Promise.resolve(new Response('{"ok":true}')) : Promise.reject(new TypeError('refused'))));
  const client = new QueryClient();
  const page = (part: boolean) => (
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <Connection />
        {part && <Part />}
      </MantineProvider>
    </QueryClientProvider>
  );
  const { rerender } = render(page(false));
  await vi.waitFor(() => expect(client.getQueryState(['health'])?.status).toBe('success'));
  up = false;
  rerender(page(true));
  noticeAway(client);
  await screen.findByRole('status', {}, { timeout: 10_000 });
  up = true;
  await client.refetchQueries({ queryKey: ['health'] });
  await screen.findByText('{"ok":true}', {}, { timeout: 10_000 });
  expect(screen.queryByRole('status')).toBeNull();
});
