import type { Stat, StatFound, StatPath } from '../../model/probe.ts';
import type { FrameOutput } from '../frame-output.ts';
import { type Asked, denied, failure, type Piece, probePiece } from '../piece.ts';
import { quote, quoteAll } from '../quote.ts';
import type { Tools } from '../tools.ts';

const DEADLINE_MS = 30_000;
const LINE = /^([0-9a-f]+)\/(\d+)\/(\d+)\/(\d+)\/(-?\d+)\/([^/]*)\/([^/]*)\/(.*)$/s;
/** By the upper four bits of st_mode. Decimal: the linter mends octal keys wrongly. */
const TYPES: Readonly<Record<number, StatFound['type']>> = {
  1: 'fifo',
  2: 'char',
  4: 'directory',
  6: 'block',
  8: 'file',
  10: 'link',
  12: 'socket',
};

/** True where a path's own text could be taken for that of another line: such a path is asked for alone. */
export const isAwkward = (path: string): boolean => /[\n\\']| -> /.test(path);

/**
 * One `stat` for all paths, each once however often it is asked for; of those to be followed the links are asked again,
 * by one `stat -L`.
 */
export function statPiece(parts: readonly Asked<StatPath>[], key: string, tools: Tools): Piece {
  const pathsOf = (some: readonly Asked<StatPath>[]): readonly string[] =>
    some.map(({ probe }) => probe.path);
  const followed = new Set(pathsOf(parts.filter(({ probe }) => probe.follow)));
  const paths = [...new Set([...followed, ...pathsOf(parts)])];
  const script = `_T ${quote(key)} ${followed.size} ${quoteAll(paths)}`;
  return probePiece(parts, script, DEADLINE_MS, (frame) => {
    const only = paths.length === 1 ? paths[0] : undefined;
    const plain = linesOf(frame, key, only);
    const behind = linesOf(frame, `${key}:L`, only);
    const [absent, hidden] = ['n', 'd'].map((mark) => numbers(frame, `${key}:${mark}`));
    const places = new Map(paths.map((path, at) => [path, at + 1]));
    return ({ probe }) => {
      const { path, follow = false } = probe;
      const at = places.get(path) ?? 0;
      if (hidden?.has(at)) return denied(path);
      if (absent?.has(at)) return { exists: false };
      const seen = plain.get(path);
      const isLink = seen?.exists === true && seen.type === 'link';
      const answer = follow && isLink ? behind.get(path) : seen;
      if (answer) return answer;
      if (!tools.stat) return failure('missing-tool', 'the host has no stat; install coreutils or busybox');
      const why = frame.sections.get(key)?.text('stderr') ?? '';
      return follow || /No such file/.test(why) ? { exists: false } : failure('other', why.trim());
    };
  });
}

/** Places of paths, counted from 1, that a mark lists. */
export const numbers = (frame: FrameOutput, key: string): ReadonlySet<number> =>
  new Set((frame.values.get(key) ?? '').split(' ').filter(Boolean).map(Number));

/** What `stat` printed, by path. */
function linesOf(frame: FrameOutput, key: string, only: string | undefined): ReadonlyMap<string, Stat> {
  const text = frame.sections.get(key)?.text() ?? '';
  const lines = only === undefined ? text.split('\n') : [text.replace(/\n$/, '')];
  return new Map(lines.flatMap((line) => parse(line, only)));
}

function parse(line: string, only: string | undefined): readonly (readonly [string, Stat])[] {
  const match = LINE.exec(line);
  if (!match) return [];
  const [, raw = '0', uid = '', gid = '', size = '', mtime = '', owner = '', group = '', name = ''] = match;
  const bits = Number.parseInt(raw, 16);
  const type = TYPES[bits >> 12] ?? 'fifo';
  const [path, target] = type === 'link' ? link(name, only) : [name, undefined];
  const stat: Stat = {
    exists: true,
    type,
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: owner === 'UNKNOWN' ? uid : owner,
    group: group === 'UNKNOWN' ? gid : group,
    size: Number(size),
    mtime: Number(mtime),
    ...(target === undefined ? {} : { target }),
  };
  return [[only ?? path, stat]];
}

/** `path -> target`, which busybox puts in single quotes. */
function link(name: string, only: string | undefined): readonly [string, string] {
  if (only !== undefined) {
    const bare = name.startsWith(`'${only}' -> '`);
    return [only, bare ? name.slice(only.length + 7, -1) : name.slice(only.length + 4)];
  }
  const quoted = /^'(.*?)' -> '(.*)'$/.exec(name);
  const [, path = name, target = ''] = quoted ?? /^(.*?) -> (.*)$/.exec(name) ?? [];
  return [path, target];
}
