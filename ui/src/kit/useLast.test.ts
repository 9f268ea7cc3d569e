import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useLast } from './useLast';

it('keeps what was there until something else is', () => {
  const { result, rerender } = renderHook(({ value, on }) => useLast(value, on), { initialProps: { value: 'Delete undefined?', on: false } });
  rerender({ value: 'Delete lamp?', on: true });
  expect(result.current).toBe('Delete lamp?');
  rerender({ value: 'Delete undefined?', on: false });
  expect(result.current).toBe('Delete lamp?');
  rerender({ value: 'Delete door?', on: true });
  expect(result.current).toBe('Delete door?');
});
