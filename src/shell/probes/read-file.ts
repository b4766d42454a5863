import { createHash } from 'node:crypto';
import type { ReadFile } from '../../model/probe.ts';
import { type Asked, denied, failure, type Piece, probePiece } from '../piece.ts';
import { quote } from '../quote.ts';
import type { Tools } from '../tools.ts';
import { isAwkward } from './stat.ts';

/** Since the last byte: a large file takes its time. */
const DEADLINE_MS = 120_000;
/** Where just a hash is asked for, nothing is heard of a file of many gigabytes until all of it was read. */
const HASH_DEADLINE_MS = 600_000;

/** True where the bytes are not wanted, because they may be many: such a file is hashed by a process of its own. */
export const isHashOnly = ({ most }: ReadFile): boolean => most === 0;

/**
 * One `sha256sum` for all files, then the bytes of those that are not as expected. `cuts`: head(1) knows -c, so that of a
 * file that is too large just so much is read as tells that it is.
 */
export function readFilePiece(
  parts: readonly Asked<ReadFile>[],
  key: string,
  tools: Tools,
  cuts: boolean,
): Piece {
  const only = parts.length === 1 && parts[0] && isAwkward(parts[0].probe.path) ? parts[0] : undefined;
  const checks = parts.map(({ id, probe }) => {
    const path = quote(probe.path);
    return `_f ${id} ${path} && set -- "$@" ${path}`;
  });
  // Read from stdin, a file's name is not printed: `-` takes its place, and nothing is escaped.
  const hash = only ? `sha256sum <${quote(only.probe.path)}` : 'sha256sum -- "$@"';
  const hashed = `[ $# = 0 ] || { _b s ${key}; _S=$(${hash}); _b c ${key} $?; }`;
  const reads = parts.map(({ id, probe }) => {
    const path = quote(probe.path);
    const limit = limitOf(probe, cuts);
    if (!tools.sha256sum) return `case $_k in *' ${id} '*) _y ${id} ${path}${limit};; esac`;
    if (!only) return `_r ${id} ${quote(probe.expect ?? '-')} ${path}${limit}`;
    const differs = `[ "$_l" = ${quote(probe.expect ?? '-')} ] || _y ${id} ${path}${limit}`;
    return `[ $# = 0 ] || { _l=\${_S%% *}; _m v ${id}:hash "$_l"; ${differs}; }`;
  });
  const script = ["set --; _k=' '", ...checks, ...(tools.sha256sum ? [hashed] : []), ...reads].join('\n');
  return probePiece(
    parts,
    script,
    parts.some(({ probe }) => isHashOnly(probe)) ? HASH_DEADLINE_MS : DEADLINE_MS,
    (frame) =>
      ({ id, probe }) => {
        const seen = frame.values.get(String(id));
        if (seen === 'n') return { exists: false };
        if (seen === 'd' || seen === 'r') return denied(probe.path);
        // A directory or device is there, and has no bytes.
        if (seen === 't') return { exists: true };
        if (seen !== 'y') return failure('other', `${probe.path} could not be looked at`);
        const printed = frame.values.get(`${id}:hash`);
        const section = frame.sections.get(`f${id}`);
        if (printed === probe.expect && printed !== undefined) return { exists: true, sha256: printed };
        const most = probe.most ?? Number.POSITIVE_INFINITY;
        if (most === 0 || (section?.rc === 0 && section.size > most)) {
          if (printed && printed !== '-') return { exists: true, sha256: printed };
          if (!tools.sha256sum) return failure('missing-tool', 'the host has no sha256sum for a large file');
        }
        if (section?.rc !== 0) {
          const why = section?.text('stderr') || frame.sections.get(key)?.text('stderr');
          return failure('other', `${probe.path} could not be read: ${why?.trim() ?? ''}`);
        }
        const content = section.bytes();
        const sha256 = createHash('sha256').update(content).digest('hex');
        if (printed !== undefined && printed !== sha256 && !/^\/(proc|sys)\//.test(probe.path)) {
          return failure('other', `${probe.path} changed while it was read`);
        }
        return { exists: true, sha256, content: new Uint8Array(content) };
      },
    parts.map(({ id }) => `f${id}`),
  );
}

/** One byte more than is wanted tells that there is more. */
const limitOf = ({ most }: ReadFile, cuts: boolean): string =>
  most === 0 ? ' 0' : most === undefined || !cuts ? '' : ` ${most + 1}`;
