import { Badge, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { onlineManager, type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { api } from '../api/client';

const key = ['health'];

/** Something could not reach the hub: whether it is away is asked now, not when its turn comes. */
export function noticeAway(client: QueryClient): void {
  if (client.getQueryState(key)?.status === 'success') void client.invalidateQueries({ queryKey: key });
}

/** When the hub is back, what failed meanwhile is asked again. */
function useCatchUp(away: boolean) {
  const client = useQueryClient();
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !away) void client.refetchQueries({ type: 'active', predicate: (q) => q.state.status === 'error' });
    was.current = away;
  }, [away, client]);
}

/** Says so when the hub or the network is away; silent otherwise. */
export function Connection() {
  const [online, setOnline] = useState(onlineManager.isOnline());
  useEffect(() => onlineManager.subscribe(setOnline), []);
  const health = useQuery({
    queryKey: key,
    queryFn: () => api.get<{ ok: boolean }>('/health'),
    refetchInterval: (query) => (query.state.status === 'error' ? 3_000 : 20_000),
    retry: false,
  });
  const away = !online || health.isError;
  useCatchUp(away);
  if (!away) return null;
  return (
    <Tooltip label={online ? 'The hub does not answer. What you see may be old; this page tries again by itself.' : 'This browser is offline.'} multiline w={260}>
      <Badge color="red" variant="light" tt="none" size="lg" role="status" tabIndex={0} style={{ flex: 'none' }}>
        <Badged label={online ? 'Reconnecting' : 'Offline'} />
      </Badge>
    </Tooltip>
  );
}

/** Icon and word; on narrow screens the word is for those who hear the page. */
function Badged({ label }: { label: string }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
      <IconCloudOff size={15} aria-hidden />
      <Text span size="sm" visibleFrom="sm">
        {label}
      </Text>
      <VisuallyHidden hiddenFrom="sm">{label}</VisuallyHidden>
    </span>
  );
}
