import { expect, it } from 'vitest';
import { nextOf } from './LoginPage';

it('goes on to pages of this console only', () => {
  expect(nextOf('next=%2Fevents%3Fname%3Dtemp')).toBe('/events?name=temp');
  for (const bad of ['', 'next=', 'next=%2F%2Fevil.example', 'next=https%3A%2F%2Fevil.example', 'next=%2F%5Cevil.example']) {
    expect(nextOf(bad)).toBe('/');
  }
});
