import { Alert, Anchor, Button, Center, Code, Group, Loader, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconMapPinOff } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { Link } from 'wouter';
import { isDenied, isMissing, messageOf } from '../api/client';
import { pageOf, useScope } from '../app/scope';

/** Something is being fetched. `rows` keeps the room that a list will take. */
export function Loading({ page, rows }: { page?: boolean; rows?: number }) {
  if (rows) {
    return (
      <Stack gap="xs" role="status" aria-label="Loading">
        {Array.from({ length: rows }, (_, i) => (
          <Skeleton key={i} height={36} radius="sm" />
        ))}
      </Stack>
    );
  }
  return (
    <Center mih={page ? '60vh' : 120} role="status" aria-label="Loading">
      <Loader type="dots" />
    </Center>
  );
}

type EmptyProps = { icon?: ComponentType<{ size?: number; stroke?: number }>; title: string; children?: ReactNode; action?: ReactNode };

/** Nothing there yet: says why, and what to do next. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="sm" maw={460}>
        {Icon && (
          <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
            <Icon size={26} stroke={1.6} />
          </ThemeIcon>
        )}
        <Title order={2} size="h4" ta="center">
          {title}
        </Title>
        {children && (
          <Text component="div" c="dimmed" ta="center" size="sm">
            {children}
          </Text>
        )}
        {action && <Group justify="center">{action}</Group>}
      </Stack>
    </Center>
  );
}

/** It went wrong, and may go right the next time. */
export function Failed({ message, again, page }: { message: string; again?: () => void; page?: boolean }) {
  return (
    <Center mih={page ? '60vh' : undefined} py="md">
      <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="That did not work" maw={560} w="100%" role="alert">
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{message}</Text>
          {again && (
            <Button size="xs" variant="default" onClick={again}>
              Try again
            </Button>
          )}
        </Stack>
      </Alert>
    </Center>
  );
}

/** The answer to a question about one thing that cannot be shown. */
export function Denied({ what, error, again }: { what: string; error: unknown; again?: () => void }) {
  if (isMissing(error)) return <Missing what={what} />;
  if (!isDenied(error)) return <Failed page message={messageOf(error)} {...(again ? { again } : {})} />;
  return (
    <Empty icon={IconLock} title={`${what} is not open to you`} action={<Back />}>
      It does not exist, or your role does not let you see it. Whoever administers it can change that under Team.
    </Empty>
  );
}

/** To the overview of the scope; where there is none, to the sandbox's. */
function Back() {
  return (
    <Anchor component={Link} href={pageOf(useScope(), '/')}>
      Back to the overview
    </Anchor>
  );
}

/** Nothing at this address. */
export function Missing({ what }: { what: string }) {
  return (
    <Empty
      icon={IconMapPinOff}
      title={`${what} does not exist`}
      action={<Back />}
    >
      Nothing is at <Code>{window.location.pathname}</Code>. It may have been deleted.
    </Empty>
  );
}

type Asked<T> = { isPending: boolean; isError: boolean; error: unknown; data: T | undefined; refetch: () => unknown };

/** Shows what a query gave, or why it gave nothing. `what` names it: "The integration". */
export function Answered<T>({ query, what, rows, children }: { query: Asked<T>; what: string; rows?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isPending) return <Loading {...(rows ? { rows } : {})} />;
  return <Denied what={what} error={query.error} again={() => void query.refetch()} />;
}
