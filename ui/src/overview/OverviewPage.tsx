import { Card, SimpleGrid, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { navigation } from '../app/nav';
import { useScope } from '../app/scope';
import { Page } from '../kit/Page';

export default function OverviewPage() {
  const scope = useScope();
  return (
    <Page title={scope.label}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {navigation
          .filter((item) => item.path !== '/' && item.kinds.includes(scope.kind))
          .map((item) => (
            <Card key={item.path} component={Link} href={item.path} withBorder>
              <item.icon size={22} stroke={1.6} />
              <Title order={2} size="h5" mt="xs">
                {item.label}
              </Title>
              <Text size="sm" c="dimmed">
                {scope.label}
              </Text>
            </Card>
          ))}
      </SimpleGrid>
    </Page>
  );
}
