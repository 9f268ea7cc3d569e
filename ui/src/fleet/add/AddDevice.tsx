import { Modal, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { useScope } from '../../app/scope';
import { ClaimForm } from './ClaimForm';
import { FirstSteps } from './FirstSteps';
import { KnownIds } from './KnownIds';
import { RegisterForm } from './RegisterForm';

/** A device that was added, with the token that was made for it. */
export type Added = { id: string; name: string | null; token: string };

type Props = {
  /** Which way stands in the address; null = the dialog is closed. */
  way: string | null;
  setWay: (way: string | undefined) => void;
};

/** The one dialog by which devices come: new ones, known ones, and lists of ids. */
export function AddDevice({ way, setWay }: Props) {
  const [added, setAdded] = useState<Added>();
  const close = () => {
    setAdded(undefined);
    setWay(undefined);
  };
  return (
    <Modal opened={way !== null} onClose={close} title={added ? `${added.name ?? added.id} is ready` : 'Add a device'} size="lg" centered closeOnClickOutside={!added}>
      {way !== null && (added ? <FirstSteps added={added} onClose={close} /> : <Ways way={way} setWay={setWay} onAdded={setAdded} onClose={close} />)}
    </Modal>
  );
}

type WaysProps = { way: string; setWay: (way: string) => void; onAdded: (a: Added) => void; onClose: () => void };

function Ways({ way, setWay, onAdded, onClose }: WaysProps) {
  const product = useScope().kind === 'product';
  const ways = [
    { value: 'register', label: 'A new one' },
    { value: 'claim', label: product ? 'One by its id' : 'Claim by its id' },
    ...(product ? [{ value: 'ids', label: 'Several ids' }] : []),
  ];
  const now = ways.some((w) => w.value === way) ? way : 'register';
  return (
    <Stack>
      <SegmentedControl aria-label="How to add" fullWidth styles={{ label: { paddingInline: 4 } }} data={ways} value={now} onChange={setWay} />
      {now === 'register' && <RegisterForm onAdded={onAdded} onClose={onClose} />}
      {now === 'claim' && <ClaimForm onAdded={onAdded} onClose={onClose} />}
      {now === 'ids' && <KnownIds onClose={onClose} />}
    </Stack>
  );
}
