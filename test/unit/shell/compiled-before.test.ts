import { expect, test } from '@jest/globals';
import type { Part } from '../../../src/model/host.ts';
import { readFile, stat } from '../../../src/model/probe-makers.ts';
import { framesFor } from '../../../src/shell/compiled-before.ts';
import { TOOL_NAMES, toolsFrom } from '../../../src/shell/tools.ts';

const all = new Map(TOOL_NAMES.map((name) => [name as string, `/usr/bin/${name}`]));
const how = () => ({ tools: toolsFrom(all, false), mode: 'h', unique: 'u' }) as const;
const probes = [stat('/srv/a'), readFile('/srv/b')];
const asking = (from = 0, of = probes): Part[] =>
  of.map((probe, at) => ({ kind: 'probe', id: from + at, probe }));

test('Equal hosts that are asked by the very same probes get the same frames', () => {
  const frames = framesFor(asking(), how());
  expect(frames).toHaveLength(1);
  expect(framesFor(asking(), how())).toBe(frames);
});

test('Other probes, numbers or tools make other frames, and so does each action', () => {
  const frames = framesFor(asking(), how());
  const others = [
    framesFor(
      asking(
        0,
        probes.map((probe) => ({ ...probe })),
      ),
      how(),
    ),
    framesFor(asking(7), how()),
    framesFor(asking().slice(1), how()),
    framesFor(asking(), { ...how(), tools: toolsFrom(all, true) }),
    framesFor(asking(), { ...how(), alone: new Set([0]) }),
  ];
  for (const other of others) expect(other).not.toBe(frames);
  const acting: Part[] = [{ kind: 'action', id: 0, action: { kind: 'remove', path: '/srv/a' } }];
  expect(framesFor(acting, how())).not.toBe(framesFor(acting, how()));
});

test('Few are kept', () => {
  const frames = framesFor(asking(), how());
  for (let at = 1; at <= 8; at += 1) framesFor(asking(100 * at), how());
  const again = framesFor(asking(), how());
  expect(again).not.toBe(frames);
  expect(again.map(({ script }) => script)).toEqual(frames.map(({ script }) => script));
});
