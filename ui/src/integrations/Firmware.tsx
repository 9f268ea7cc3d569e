import { Stack, Tabs, Text } from '@mantine/core';
import { useHub } from '../app/hub';
import { Loading } from '../kit/states';
import { Snippet } from '../kit/Snippet';
import type { Opened } from './data';
import { arduino, curl, deviceOs, programOf } from './firmware';
import { canonical, settingsOf } from './model';

/** Programs that trigger this very integration and receive its answers. */
export function Firmware({ at }: { at: Opened }) {
  const hub = useHub();
  if (!hub.data) return <Loading rows={8} />;
  const program = programOf(canonical(settingsOf(at.integration)), at.kind);
  const events = at.kind === 'sandbox' ? '/v1/devices/events' : `${at.api}/events`;
  const where = { base: hub.data.base_url.replace(/\/$/, ''), publish: events, stream: events };
  const texts = [
    { value: 'device-os', label: 'Device OS (C++)', title: 'firmware.ino', text: deviceOs(program), about: 'For boards with Device OS. It publishes the event every five minutes and logs the answers.' },
    { value: 'arduino', label: 'ESP32 (Arduino)', title: 'fieldhook.ino', text: arduino(program, where), about: 'For boards with Wi-Fi and the Arduino core. It publishes over HTTP with the token of a device.' },
    { value: 'curl', label: 'curl', title: 'Shell', text: curl(program, where), about: 'From a terminal: listen to the answers in one, publish in another.' },
  ];
  return (
    <Tabs defaultValue="device-os" keepMounted={false}>
      <Tabs.List>
        {texts.map((t) => (
          <Tabs.Tab key={t.value} value={t.value}>
            {t.label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {texts.map((t) => (
        <Tabs.Panel key={t.value} value={t.value} pt="sm">
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {t.about}
            </Text>
            <Snippet title={t.title} text={t.text} maxHeight={760} />
          </Stack>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
