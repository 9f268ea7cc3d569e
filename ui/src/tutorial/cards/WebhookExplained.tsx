import { Code, List, Stack, Text, Title } from '@mantine/core';

/** Every parameter of the demo's webhook, and what else one should know. */
export function WebhookExplained() {
  return (
    <Stack gap="xs" pt="xs" maw={760}>
      <List size="sm" spacing={6}>
        <List.Item>
          <Code>event</Code>: the beginning of the names that trigger it. It is a prefix, so a webhook for <Code>WebhookDemo</Code> would also run for <Code>WebhookDemo02</Code>; the number at the end of ours keeps them apart. Used on purpose, one webhook can serve a whole family of events such as <Code>sensor/temperature</Code> and <Code>sensor/humidity</Code>.
        </List.Item>
        <List.Item>
          <Code>integration_type</Code>: <Code>Webhook</Code>, a request to a web service of your own. Some services have types of their own, which know how to log in there.
        </List.Item>
        <List.Item>
          <Code>url</Code>: where the request goes. Yours will hardly ever change; the demo&apos;s does with each start. Use https, so that nobody on the way can read or change it.
        </List.Item>
        <List.Item>
          <Code>headers</Code>: fields of the request&apos;s header. <Code>Content-Type</Code> says what the body is. <Code>Authorization</Code> carries a token that only your server and this webhook know: whoever calls the address without it gets 401. Outside of a demo keep it in a secret.
        </List.Item>
        <List.Item>
          <Code>requestType</Code>: the method. POST is usual; GET, PUT and DELETE are there for services that want them.
        </List.Item>
        <List.Item>
          <Code>noDefaults</Code>: leaves out the fields that a webhook would send by itself, because the body here names its own.
        </List.Item>
        <List.Item>
          <Code>body</Code>: the text that is sent, with variables that each event fills in.
        </List.Item>
        <List.Item>
          <Code>responseTopic</Code> and <Code>errorResponseTopic</Code>: the names of the events that bring back the answer, or the reason why there is none.
        </List.Item>
      </List>
      <Part title="The body">
        It makes a JSON object of three members: the id of the device (<Code>api</Code> for the Test button), the time at which the hub accepted the event, and, as <Code>sensor</Code>, the object that the device published, unquoted and whole. So the firmware can send further fields without a change here. The data must be valid JSON for that; a variable in three braces goes in as it is.
      </Part>
      <Part title="Data operations">
        An event that is published is one data operation. The call of the webhook costs none. If a device listens to the answer, each part of it that the device receives is one more. A response topic that every device of a fleet hears turns one event into as many operations as there are devices.
      </Part>
      <Part title="The response topic">
        It begins with the device&apos;s id, and a device subscribes to its own id: so it hears the answers to its own events alone. Leave the id out, and each answer reaches the whole fleet.
      </Part>
      <Part title="No chains">
        Events that a webhook brings back trigger no webhook, whatever their names. Two that call each other would never end.
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <Title order={3} size="h6">
        {title}
      </Title>
      <Text size="sm">{children}</Text>
    </div>
  );
}
