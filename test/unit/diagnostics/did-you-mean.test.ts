import { expect, test } from '@jest/globals';
import { didYouMean, nearestName } from '../../../src/diagnostics/did-you-mean.ts';

const names = ['copy', 'command', 'ip_address', 'when', 'hosts', 'hosts_entry'];

test.each([
  ['coppy', 'copy'],
  ['comand', 'command'],
  ['ip-address', 'ip_address'],
  ['Copy', 'copy'],
  ['whne', 'when'],
  ['host', 'hosts'],
  ['zebra', undefined],
  ['x', undefined],
  ['', undefined],
])('%s is most likely %s', (name, near) => {
  expect(nearestName(name, names)).toBe(near);
});

test('It is asked as a question, or not at all', () => {
  expect(didYouMean('coppy', names)).toBe('Did you mean "copy"?');
  expect(didYouMean('zebra', names)).toBeUndefined();
});
