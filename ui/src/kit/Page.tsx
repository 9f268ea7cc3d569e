import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useScope } from '../app/scope';

type Crumb = { label: string; href: string };

type PageProps = { title: string; about?: ReactNode; crumbs?: Crumb[]; actions?: ReactNode; children: ReactNode };

/** Title, way back and actions of a page, above what it shows. */
export function Page({ title, about, crumbs = [], actions, children }: PageProps) {
  const scope = useScope();
  useDocumentTitle(`${title} - ${scope.label} - Fieldhook`);
  return (
    <Stack gap="md" maw={1280}>
      {crumbs.length > 0 && (
        <Breadcrumbs separatorMargin={6} aria-label="Way back">
          {crumbs.map((c) => (
            <Anchor key={c.href} component={Link} href={c.href} size="sm">
              {c.label}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ minWidth: 0, flex: '1 1 280px' }}>
          <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {about && (
            <Text c="dimmed" size="sm" component="div">
              {about}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
