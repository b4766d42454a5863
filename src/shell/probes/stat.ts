import type { Stat, StatFound, StatPath } from '../../model/probe.ts';
import { type Asked, denied, failure, type Piece, probePiece } from '../piece.ts';
import { quote } from '../quote.ts';
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

/** One `stat` for all paths. `follow` must be the same in all of them. */
export function statPiece(parts: readonly Asked<StatPath>[], key: string, tools: Tools): Piece {
  const follow = parts[0]?.probe.follow === true;
  const checks = parts.map(({ id, probe }) => {
    const path = quote(probe.path);
    return `_e ${id} ${path} && set -- "$@" ${path}`;
  });
  const command = `QUOTING_STYLE=literal stat ${follow ? '-L ' : ''}-c '%f/%u/%g/%s/%Y/%U/%G/%N' -- "$@"`;
  const script = ['set --', ...checks, `[ $# = 0 ] || { _b s ${key}; ${command}; _b c ${key} $?; }`].join(
    '\n',
  );
  return probePiece(parts, script, DEADLINE_MS, (frame) => {
    const text = frame.sections.get(key)?.text() ?? '';
    const lines = parts.length === 1 ? [text.replace(/\n$/, '')] : text.split('\n');
    const found = new Map(
      lines.map((line) => parse(line, parts.length === 1 ? parts[0]?.probe.path : undefined)),
    );
    return ({ id, probe }) => {
      const seen = frame.values.get(String(id));
      if (seen === 'd') return denied(probe.path);
      if (seen !== 'y') return { exists: false };
      const answer = found.get(probe.path);
      if (answer) return answer;
      if (!tools.stat) return failure('missing-tool', 'the host has no stat; install coreutils or busybox');
      const why = frame.sections.get(key)?.text('stderr') ?? '';
      return follow || /No such file/.test(why) ? { exists: false } : failure('other', why.trim());
    };
  });
}

function parse(line: string, only: string | undefined): readonly [string, Stat] {
  const match = LINE.exec(line);
  if (!match) return ['', { exists: false }];
  const [, raw = '0', uid = '', gid = '', size = '', mtime = '', owner = '', group = '', name = ''] = match;
  const bits = Number.parseInt(raw, 16);
  const type = TYPES[bits >> 12] ?? 'fifo';
  const [path, target] = type === 'link' ? link(name, only) : [name, undefined];
  return [
    only ?? path,
    {
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
    },
  ];
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
