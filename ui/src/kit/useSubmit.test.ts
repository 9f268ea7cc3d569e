import { expect, it } from 'vitest';
import { atField } from './useSubmit';

it('says at a field what is wrong, without the name of the field', () => {
  expect(atField('username', 'username: There is no such user.')).toBe('There is no such user.');
  expect(atField('username', 'The username: is missing')).toBe('The username: is missing');
  expect(atField('name', 'username: There is no such user.')).toBe('username: There is no such user.');
});
