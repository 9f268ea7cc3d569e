import { Alert, Anchor, Button, Card, Center, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { messageOf } from '../api/client';
import { useSessionActions } from '../app/session';

/** Where to go after the login: a page of this console, never another site. */
export function nextOf(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

export default function LoginPage() {
  useDocumentTitle('Log in - Fieldhook');
  const { logIn } = useSessionActions();
  const [, go] = useLocation();
  const search = useSearch();
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async (credentials: Parameters<typeof logIn>[0]) => {
    setBusy(true);
    setFailure('');
    try {
      await logIn(credentials);
      go(nextOf(search), { replace: true });
    } catch (error) {
      setFailure(messageOf(error));
      setBusy(false);
    }
  };
  // A link with a code, as the demo prints it. The code stays behind the #, out of logs.
  useEffect(() => {
    const code = /^#code=(.+)$/.exec(window.location.hash)?.[1];
    if (code) {
      window.history.replaceState(null, '', window.location.pathname + window.location.search);
      void enter({ code: decodeURIComponent(code) });
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, when the page opens
  }, []);
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder shadow="sm" padding="xl" w="100%" maw={400}>
        <Stack>
          <Group gap="sm">
            <img src="/favicon.svg" alt="" width={36} height={36} />
            <Title order={1} size="h3">
              Log in to Fieldhook
            </Title>
          </Group>
          {failure && (
            <Alert color="red" variant="light" icon={<IconAlertTriangle />} role="alert">
              {failure}
            </Alert>
          )}
          <LoginForm busy={busy} enter={(v) => void enter(v)} />
          <Text size="xs" c="dimmed">
            The first start of a hub prints the password of its administrator. Lost it? <code>fieldhook user password admin</code> sets another one. The{' '}
            <Anchor href="/docs" size="xs">
              API reference
            </Anchor>{' '}
            needs no login.
          </Text>
        </Stack>
      </Card>
    </Center>
  );
}

function LoginForm({ busy, enter }: { busy: boolean; enter: (v: { username: string; password: string }) => void }) {
  const form = useForm({
    initialValues: { username: '', password: '' },
    validate: { username: (v) => (v ? null : 'Your user name'), password: (v) => (v ? null : 'Your password') },
  });
  return (
    <form onSubmit={form.onSubmit(enter)}>
      <Stack>
        <TextInput label="User name" autoComplete="username" autoFocus autoCapitalize="none" {...form.getInputProps('username')} />
        <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
        <Button type="submit" loading={busy} fullWidth>
          Log in
        </Button>
      </Stack>
    </form>
  );
}
