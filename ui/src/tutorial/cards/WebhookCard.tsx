import { Anchor, Button, Collapse, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from 'wouter';
import { api } from '../../api/client';
import { Copy } from '../../kit/Copy';
import { tell } from '../../kit/notify';
import { Loading } from '../../kit/states';
import { useDemo } from '../demo';
import { valuesOf } from '../logic/explainer';
import { eventName, webhookOf } from '../logic/webhook';
import { TemplateCode } from '../Marked';
import { Panel, To, Waits } from '../Panel';
import { WebhookExplained } from './WebhookExplained';

/** Panel 5: the product's webhook, which follows the session's address by itself. */
export function WebhookCard() {
  const { server, ready } = useDemo();
  const [opened, { toggle }] = useDisclosure();
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <Panel id="webhook" done={ready}>
      <Text size="sm">You would make a webhook under Integrations. Since the address of the demo&apos;s server is a new one each time, this page makes it for you, and changes it when the address does.</Text>
      <Table withTableBorder aria-label="The webhook" layout="fixed">
        <Table.Tbody>
          {[
            ['Event', eventName],
            ['URL', server.session?.url ?? 'known when the demo has started'],
            ['Method', 'POST'],
          ].map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={90}>
                {name}
              </Table.Th>
              <Table.Td className="fh-mono">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Create />
      <Json />
      <div>
        <Button variant="subtle" size="xs" px={4} leftSection={<Chevron size={14} />} onClick={toggle} aria-expanded={opened} aria-controls="webhook-explained">
          Tell me more about creating a webhook
        </Button>
        <Collapse expanded={opened} id="webhook-explained">
          <WebhookExplained />
        </Collapse>
      </div>
    </Panel>
  );
}

function Create() {
  const { choices, server, webhook, webhookPending, ready, point, pointing, refresh } = useDemo();
  const { product } = choices;
  const create = useMutation({
    mutationFn: async () => {
      if (product && server.session) await api.post(`/v1/products/${product.id}/integrations`, webhookOf(server.session));
      await refresh();
    },
    onError: tell.failure('The webhook was not created'),
  });
  if (!product) {
    return (
      <Waits>
        First, <To id="product">select a product</To>.
      </Waits>
    );
  }
  if (webhookPending) return <Loading rows={1} />;
  if (webhook) {
    return (
      <Group gap="md">
        <Text size="sm" role="status">
          {ready ? 'The webhook is in the product.' : server.session ? 'The webhook goes to another session.' : 'The webhook is in the product. It gets the new address when you start the demo.'}
        </Text>
        {!ready && server.session && (
          <Button size="xs" variant="default" onClick={point} loading={pointing}>
            Point it here
          </Button>
        )}
        <Anchor component={Link} href={`~/products/${product.slug}/integrations/webhooks/${webhook.id}`} size="sm">
          Look at it in the console
        </Anchor>
      </Group>
    );
  }
  if (!server.session) {
    return (
      <Waits>
        The address of the server is not known yet. <To id="start" />.
      </Waits>
    );
  }
  return (
    <Group>
      <Button onClick={() => create.mutate()} loading={create.isPending}>
        Create webhook
      </Button>
    </Group>
  );
}

/** The JSON that is saved. Its variables tell what they became in the newest event. */
function Json() {
  const { server, walks } = useDemo();
  if (!server.session) return null;
  const newest = walks.at(-1);
  const text = JSON.stringify(webhookOf(server.session), null, 2);
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          What is saved
        </Text>
        <Copy text={text} what="the webhook's JSON" />
      </Group>
      <TemplateCode text={text} values={newest ? valuesOf(newest) : {}} label="The webhook's JSON" />
    </div>
  );
}
