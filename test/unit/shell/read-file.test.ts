import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readFile } from '../../../src/model/probe-makers.ts';
import { FrameOutput } from '../../../src/shell/frame-output.ts';
import { readFilePiece } from '../../../src/shell/probes/read-file.ts';
import { toolsFrom } from '../../../src/shell/tools.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('files that one cat prints', () => {
  const paths = ['/a', '/b', '/c', '/d'];
  const parts = paths.map((path, id) => ({ id, probe: readFile(path) }));
  const piece = readFilePiece(parts, 'k', toolsFrom(new Map([['sha256sum', '']]), false));

  /** What a host says of files that have one text when they are hashed and counted, and another when they are printed. */
  function answersTo(hashed: readonly string[], printed: readonly (string | undefined)[]) {
    const frame = new FrameOutput({ limit: () => 1e6, end: () => {} });
    hashed.forEach((text, at) => {
      frame.mark('stdout', ['v', `k:${at + 1}:hash`, sha256(text)]);
    });
    frame.mark('stdout', ['v', 'k:z', ...hashed.map((text, at) => `${at + 1}:${text.length}`)]);
    frame.mark('stdout', ['s', 'fk']);
    frame.bytes('stdout', Buffer.from(printed.join('')));
    frame.mark('stdout', ['c', 'fk', printed.includes(undefined) ? '1' : '0']);
    return [...piece.answers(frame).values()];
  }

  const read = (text: string) => ({
    exists: true,
    sha256: sha256(text),
    content: new Uint8Array(Buffer.from(text)),
  });
  const changed = (path: string) => ({ failed: 'other', detail: `${path} changed while it was read` });

  test('are told apart by their sizes', () => {
    const texts = ['one', '', 'three', 'four\n'];
    expect(answersTo(texts, texts)).toEqual(texts.map(read));
  });

  test.each([
    ['grew', 'tw-o'],
    ['shrank', 't'],
    ['vanished', undefined],
    ['is otherwise', 'owt'],
  ])('do not spoil their neighbours where one %s meanwhile', (_what, now) => {
    expect(answersTo(['one', 'two', 'three', 'four'], ['one', now, 'three', 'four'])).toEqual([
      read('one'),
      changed('/b'),
      read('three'),
      read('four'),
    ]);
  });

  test('are what they were when they were hashed where one grew at an end', () => {
    const texts = ['one', 'two', 'three', 'four'];
    expect(answersTo(texts, ['one', 'two and more', 'three', 'four'])).toEqual(texts.map(read));
  });

  test('are no others where two changed', () => {
    expect(answersTo(['one', 'two', 'three', 'four'], ['on-e', 'two', 'thr-ee', 'four'])).toEqual([
      changed('/a'),
      changed('/b'),
      changed('/c'),
      read('four'),
    ]);
  });
});
