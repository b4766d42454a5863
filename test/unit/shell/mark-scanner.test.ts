import { expect, test } from '@jest/globals';
import { MarkScanner } from '../../../src/shell/mark-scanner.ts';

/** What a scanner finds in chunks; each chunk is overwritten once it was fed, as a network buffer may be. */
function scanned(...chunks: readonly string[]): readonly string[] {
  const found: string[] = [];
  const scanner = new MarkScanner('NONCE', {
    bytes: (chunk) => void found.push(`bytes ${chunk.toString()}`),
    mark: (words) => void found.push(`mark ${words.join(' ')}`),
  });
  for (const text of chunks) {
    const chunk = Buffer.from(text);
    scanner.feed(chunk);
    chunk.fill(0);
  }
  return found;
}

test('Marks are found among bytes', () => {
  expect(scanned('aNONCE|s 1\nbcNONCE|c 1 0\n')).toEqual(['bytes a', 'mark s 1', 'bytes bc', 'mark c 1 0']);
});

test.each([1, 3, 6, 9])('A mark that is cut after %d bytes is found, and what was fed is not held', (at) => {
  const mark = 'NONCE|v 7 y\n';
  expect(scanned(`a${mark.slice(0, at)}`, mark.slice(at))).toEqual(['bytes a', 'mark v 7 y']);
});

test('What only looks like the beginning of a mark is passed on with what follows', () => {
  expect(scanned('aNON', 'sense')).toEqual(['bytes a', 'bytes NONsense']);
});
