import { Stack, Text } from '@mantine/core';
import { EventField, SecretsField, StatusField } from './Basics';
import { useBuilder } from './context';
import { PlainField, TemplateField } from './fields';
import { getText, type Setting } from './mapping';
import { JsonField } from './DataFields';

type Field = { setting: Setting; label: string; description?: string; placeholder?: string; required?: boolean };

/** The types with a service of their own, by what their users have to fill in. */
const services: Record<string, { about: string; fields: Field[] }> = {
  googlemaps: {
    about: 'Finds where a device is from the cell towers and access points that it sees. The answer is latitude, longitude and accuracy in metres.',
    fields: [{ setting: 'api_key', label: 'API key', description: 'For the geolocation service. Better a secret than the key itself.', placeholder: '{{{GOOGLE_API_KEY}}}', required: true }],
  },
  azureiothub: {
    about: 'Sends each event as a message of its device; the hub makes devices there when it first hears of them. One way: nothing comes back.',
    fields: [
      { setting: 'hub_name', label: 'Hub name', description: 'The part in front of azure-devices.net', placeholder: 'my-hub', required: true },
      { setting: 'policy_name', label: 'Policy name', description: 'It needs to read and write the registry, service connect and device connect.', placeholder: 'fieldhook', required: true },
      { setting: 'policy_key', label: 'Policy key', description: 'Its primary or secondary key. Better a secret than the key itself.', placeholder: '{{{AZURE_POLICY_KEY}}}', required: true },
      { setting: 'device', label: 'Device', description: 'Whom messages are from. Empty: the device that published.', placeholder: '{{{PARTICLE_DEVICE_ID}}}' },
    ],
  },
  googlecloudpubsub: {
    about: 'Publishes each event on a topic. One way: nothing comes back.',
    fields: [{ setting: 'topic', label: 'Topic', placeholder: 'projects/my-project/topics/my-topic', required: true }],
  },
};

/** Whether an integration is of a type with fields of its own. */
export const isBranded = (type: string): boolean => type.toLowerCase() in services;

export function Branded() {
  const { doc } = useBuilder();
  const type = getText(doc, 'integration_type').toLowerCase();
  const service = services[type];
  if (!service) return null;
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {service.about}
      </Text>
      <PlainField setting="name" label="Name" description="A label for people." />
      <EventField />
      {service.fields.map((f) => (
        <TemplateField key={f.setting} {...f} />
      ))}
      {type === 'googlecloudpubsub' && <JsonField setting="service_account" label="Service account key" description="The JSON key of an account that may publish on the topic, or {{{A_SECRET}}} that holds it." clearable />}
      <StatusField />
      <SecretsField />
      <TemplateField setting="endpoint" label="Endpoint" description="The address of the service, if it is not the usual one." placeholder="https://" />
    </Stack>
  );
}
