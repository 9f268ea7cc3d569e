import { Accordion, Button, Card, Stack, Text, Title } from '@mantine/core';
import { Answered } from '../kit/states';
import { TimeText } from '../kit/TimeText';
import { useVersions } from './data';
import { Diff } from './Diff';
import { type Instance, pretty } from './document';

type Props = { ledger: string; value: string; present: Instance; use: ((v: Instance) => void) | undefined };

/** The earlier versions of an instance, each with what it changed. */
export function Versions({ ledger, value, present, use }: Props) {
  const query = useVersions(ledger, value, present.version);
  return (
    <Card withBorder component="section" aria-label="Earlier versions">
      <Stack gap="xs">
        <Title order={2} size="h5">
          Earlier versions
        </Title>
        <Answered query={query} what="The earlier versions" rows={2}>
          {({ versions, more }) => (
            <>
              <Accordion variant="contained" chevronPosition="left">
                {versions.map((v, i) => (
                  <Accordion.Item key={v.version} value={String(v.version)}>
                    <Accordion.Control>
                      <Text size="sm">
                        Version {v.version}, <TimeText at={v.updated} size="sm" c="dimmed" />
                      </Text>
                    </Accordion.Control>
                    <Accordion.Panel>
                      <Stack gap="xs" align="stretch">
                        <Diff before={pretty(v.data)} after={pretty((versions[i - 1] ?? present).data)} label={`From version ${v.version} to ${(versions[i - 1] ?? present).version}`} />
                        {use && (
                          <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => use(v)}>
                            Put version {v.version} into the editor
                          </Button>
                        )}
                      </Stack>
                    </Accordion.Panel>
                  </Accordion.Item>
                ))}
              </Accordion>
              {more && (
                <Text size="xs" c="dimmed">
                  Older ones are there through the API.
                </Text>
              )}
            </>
          )}
        </Answered>
      </Stack>
    </Card>
  );
}
