import { useEffect, useState, useSyncExternalStore } from 'react';
import { messageOf } from '../api/client';
import { useDemo } from './demo';
import { Simulator } from './simulator';

/** The lines that the simulated device logged, oldest first. They go with the page: the next visitor of this browser may be another user. */
export class DeviceLog {
  private lines: string[] = [];
  private readonly listeners = new Set<() => void>();

  add = (line: string) => {
    this.lines = [...this.lines, `${new Date().toISOString().slice(11, 23)} ${line}`].slice(-200);
    this.listeners.forEach((tell) => tell());
  };

  read = () => this.lines;

  subscribe = (tell: () => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };
}

export function useDeviceLog(): string[] {
  const { log } = useDemo();
  return useSyncExternalStore(log.subscribe, log.read);
}

/** Switches the simulated device on with its first click, and off when the panel goes. */
export function useSimulator() {
  const { choices, log } = useDemo();
  const { device, product, platform } = choices;
  const [every, setEvery] = useState(0);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const [running, setRunning] = useState<Promise<Simulator>>();

  // Another device, product or platform is another simulator.
  useEffect(() => () => setRunning(undefined), [device?.id, product?.id, platform]);
  useEffect(() => {
    if (!running) return;
    const stop = () => void running.then((s) => s.stop(), () => undefined);
    window.addEventListener('pagehide', stop);
    return () => {
      window.removeEventListener('pagehide', stop);
      stop();
    };
  }, [running]);

  const publish = async () => {
    if (!device || !product) return;
    setBusy(true);
    setFailure('');
    const simulator = running ?? Simulator.start({ device: device.id, product: product.id, platform, log: log.add });
    setRunning(simulator);
    try {
      await (await simulator).publish();
    } catch (error) {
      setFailure(messageOf(error));
      setEvery(0);
      setRunning(undefined);
    } finally {
      setBusy(false);
    }
  };

  const [due, setDue] = useState(0);
  useEffect(() => {
    if (every === 0) return;
    const timer = setInterval(() => setDue((n) => n + 1), every * 1_000);
    return () => clearInterval(timer);
  }, [every]);
  useEffect(() => {
    if (due > 0) void publish();
    // Only the clock publishes by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [due]);

  return {
    every,
    busy,
    failure,
    click: () => void publish(),
    setEvery: (seconds: number) => {
      setEvery(seconds);
      if (seconds > 0) void publish();
    },
  };
}
