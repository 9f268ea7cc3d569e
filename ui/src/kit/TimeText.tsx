import { Text, type TextProps, Tooltip } from '@mantine/core';
import { clock, dateTime } from './time';

type Props = TextProps & { at: string | null | undefined; /** Shows the time of day with milliseconds. */ precise?: boolean; none?: string };

/** A time in the reader's zone; the tooltip has it in UTC. */
export function TimeText({ at, precise, none = 'never', ...text }: Props) {
  if (!at) return <Text span {...text}>{none}</Text>;
  const date = new Date(at);
  return (
    <Tooltip label={`${date.toISOString()} (UTC)`} openDelay={150}>
      <Text span {...text}>
        <time dateTime={at}>{precise ? clock(date) : dateTime(date)}</time>
      </Text>
    </Tooltip>
  );
}
