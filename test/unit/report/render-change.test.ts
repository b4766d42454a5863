import { expect, test } from '@jest/globals';
import type { ShownValue } from '../../../src/model/event.ts';
import { paintWith } from '../../../src/report/paint.ts';
import { renderChange } from '../../../src/report/render-change.ts';

const text: ShownValue = { kind: 'text', text: 'ä\n' };
const binary: ShownValue = { kind: 'binary', size: 2_000_000, sha256: '0123456789abcdef' };

test.each([
  ['text and bytes', text, binary, '3 bytes of text → 2000000 bytes, sha256 0123456789ab…'],
  ['bytes and text', binary, text, '2000000 bytes, sha256 0123456789ab… → 3 bytes of text'],
])('between %s there is no diff, but their sizes', (_what, before, after, line) => {
  expect(renderChange({ sign: '~', field: 'content', before, after }, paintWith(false))).toEqual([
    `content: ${line}`,
  ]);
});
