import { Alert, Button, Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client';
import type { Schemas } from '../../api/types';
import { Answered } from '../../kit/states';
import { Snippet } from '../../kit/Snippet';
import { useDemo } from '../demo';
import { platforms } from '../logic/store';
import { Panel } from '../Panel';

type Project = Schemas['FirmwareProject'];

/** Panel 10: the program of the device, to read, copy, download and flash. */
export function FirmwareCard() {
  const firmware = useQuery({ queryKey: ['demo-firmware'], queryFn: () => api.get<{ projects: Project[] }>('/demo/firmware'), staleTime: Infinity });
  return (
    <Panel id="firmware">
      <Text size="sm">The program publishes a reading once it is connected, every five minutes, and when its button is pressed, and logs the answers. The simulated device does the same.</Text>
      <Answered query={firmware} what="The firmware" rows={4}>
        {(data) => <Projects projects={data.projects} />}
      </Answered>
    </Panel>
  );
}

function Projects({ projects }: { projects: Project[] }) {
  const { choices } = useDemo();
  const [id, setID] = useState(choices.platform === 0 ? 'arduino' : 'device-os');
  const project = projects.find((p) => p.id === id) ?? projects[0];
  const [path, setPath] = useState('');
  if (!project) return null;
  const file = project.files.find((f) => f.path === path) ?? project.files.find((f) => f.path === project.main);
  return (
    <>
      <Group align="flex-end">
        <Select label="Program" data={projects.map((p) => ({ value: p.id, label: p.name }))} value={project.id} onChange={(v) => setID(v ?? '')} allowDeselect={false} w={260} />
        <Select label="File" data={project.files.map((f) => f.path)} value={file?.path ?? null} onChange={(v) => setPath(v ?? '')} allowDeselect={false} w={280} />
        <Button component="a" href={`/demo/firmware.zip?project=${project.id}`} download variant="default" leftSection={<IconDownload size={16} />}>
          Download as zip
        </Button>
      </Group>
      {file && <Snippet title={file.path} text={file.text} maxHeight={400} />}
      <Flash project={project} />
    </>
  );
}

function Flash({ project }: { project: Project }) {
  const { choices } = useDemo();
  const short = platforms.find((p) => p.id === choices.platform)?.short;
  if (project.id === 'arduino') {
    return (
      <>
        <Text size="sm">Fill in config.h: the network, the address of this hub as the board reaches it, and the id and a token of the device, which its page in the console gives. Then, with arduino-cli:</Text>
        <Snippet title="Flash over USB" wrap text={'unzip webhook-demo-arduino.zip\narduino-cli compile --fqbn esp32:esp32:esp32 webhook-demo\narduino-cli upload --fqbn esp32:esp32:esp32 --port /dev/ttyUSB0 webhook-demo'} />
      </>
    );
  }
  return (
    <>
      <Alert variant="light" color="yellow" title="Device OS boards do not reach this hub by themselves yet">
        They speak a protocol of their own, and this hub takes HTTP. The program is here to read and to run where your boards are connected now; a board that speaks HTTP uses the Arduino program.
      </Alert>
      <Text size="sm">Compile it with Workbench or the CLI, then flash it with the board on USB. The hub compiles nothing itself.</Text>
      <Snippet
        title="Flash over USB"
        wrap
        text={`unzip webhook-demo-device-os.zip -d webhook-demo\nparticle compile ${short && short !== 'http' ? short : 'boron'} webhook-demo --saveTo webhook-demo.bin\nparticle flash --local webhook-demo.bin`}
      />
    </>
  );
}
