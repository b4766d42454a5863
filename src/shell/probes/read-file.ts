import type { Buffer } from 'node:buffer';
import type { FileRead, ReadFile } from '../../model/probe.ts';
import type { FrameOutput } from '../frame-output.ts';
import { hashOf } from '../hash-of.ts';
import { type Asked, denied, failure, type Piece, probePiece } from '../piece.ts';
import { quoteAll } from '../quote.ts';
import type { Tools } from '../tools.ts';
import { isAwkward, numbers } from './stat.ts';

/** Since the last byte: a large file takes its time. */
const DEADLINE_MS = 120_000;
/** Where just a hash is asked for, nothing is heard of a file of many gigabytes until all of it was read. */
const HASH_DEADLINE_MS = 600_000;

/** True where the bytes are not wanted, because they may be many: such a file is hashed by a process of its own. */
export const isHashOnly = ({ most }: ReadFile): boolean => most === 0;

/**
 * One `sha256sum` for all files, then the bytes of those that are not as expected. What is expected is sent as the line
 * that `sha256sum` would print, so that one comparison is enough where all is as it should be. One `wc` and one `cat` do for
 * all whose bytes are wanted. Of a single file that is larger than is wanted, just so much is read as tells that it is, where
 * head(1) is there.
 */
export function readFilePiece(parts: readonly Asked<ReadFile>[], key: string, tools: Tools): Piece {
  const isOdd = parts.length === 1 && isAwkward(parts[0]?.probe.path ?? '');
  // From stdin: a name is not printed then, and so not escaped.
  const how = tools.sha256sum ? (isOdd ? 's' : 'h') : 'c';
  const lines = parts.map(({ probe }) => `${probe.expect ?? '-'}  ${probe.path}`);
  const limits = parts.flatMap(({ probe }) => probe.most ?? []);
  const most = limits.length > 0 ? Math.max(...limits) : undefined;
  // One byte more than is wanted tells that there is more.
  const limit = most === 0 ? '0' : most === undefined || !tools.head ? '' : String(most + 1);
  const whole = parts.flatMap(({ probe }, at) => (probe.most === undefined ? [at + 1] : []));
  const script = `_R ${quoteAll([key, how, limit, limit === '' ? '' : whole.join(' ')])} ${quoteAll(lines)}`;
  const places = new Map(parts.map(({ id }, at) => [id, at + 1]));
  const section = (id: number): string => `f${key}:${places.get(id)}`;
  return probePiece(
    parts,
    script,
    most === 0 ? HASH_DEADLINE_MS : DEADLINE_MS,
    (frame) => {
      const [absent, hidden, unreadable, odd, same, large] = ['n', 'd', 'r', 't', 'y', 'b'].map((mark) =>
        numbers(frame, `${key}:${mark}`),
      );
      const together = readTogether(frame, key);
      const allSame = frame.values.get(`${key}:y`) === 'all';
      return ({ id, probe }) => {
        const at = places.get(id) ?? 0;
        if (absent?.has(at)) return { exists: false };
        if (hidden?.has(at) || unreadable?.has(at)) return denied(probe.path);
        // A directory or device is there, and has no bytes.
        if (odd?.has(at)) return { exists: true };
        if (probe.expect !== undefined && (allSame || same?.has(at)))
          return { exists: true, sha256: probe.expect };
        const printed = frame.values.get(`${key}:${at}:hash`);
        const { most: wanted = Number.POSITIVE_INFINITY } = probe;
        if (together.has(at)) {
          const { sha256, content } = together.get(at) ?? {};
          if (!sha256 || !content) return changedMeanwhile(probe.path);
          return { exists: true, sha256, ...(content.length <= wanted ? { content } : {}) };
        }
        const bytes = frame.sections.get(section(id));
        if (wanted === 0 || (bytes?.rc === 0 && bytes.size > wanted) || large?.has(at)) {
          if (printed && printed !== '-') return { exists: true, sha256: printed };
          if (!tools.sha256sum) return failure('missing-tool', 'the host has no sha256sum for a large file');
        }
        if (bytes?.rc !== 0) {
          const why = bytes?.text('stderr') || frame.sections.get(key)?.text('stderr');
          return failure('other', `${probe.path} could not be read: ${why?.trim() ?? ''}`);
        }
        const content = new Uint8Array(bytes.bytes());
        const sha256 = hashOf(content);
        if (printed !== undefined && printed !== sha256 && !/^\/(proc|sys)\//.test(probe.path))
          return changedMeanwhile(probe.path);
        return { exists: true, sha256, content };
      };
    },
    [`f${key}`, ...parts.map(({ id }) => section(id))],
  );
}

/**
 * The bytes of files that one `cat` printed, by their places; undefined for one that changed between the commands. Where one
 * has, those after it are found from the end.
 */
function readTogether(
  frame: FrameOutput,
  key: string,
): ReadonlyMap<number, Pick<FileRead, 'sha256' | 'content'> | undefined> {
  const bytes = frame.sections.get(`f${key}`)?.bytes();
  const files = [...(frame.values.get(`${key}:z`) ?? '').matchAll(/(\d+):(\d+)/g)].map(([, at, size]) => ({
    at: Number(at),
    size: Number(size),
  }));
  const found = new Map<number, Pick<FileRead, 'sha256' | 'content'> | undefined>(
    files.map(({ at }) => [at, undefined]),
  );
  if (!bytes) return found;
  const take = (at: number, part: Buffer): boolean => {
    const content = new Uint8Array(part);
    const sha256 = hashOf(content);
    if (sha256 !== frame.values.get(`${key}:${at}:hash`)) return false;
    found.set(at, { sha256, content });
    return true;
  };
  let start = 0;
  let first = 0;
  for (const { at, size } of files) {
    if (!take(at, bytes.subarray(start, start + size))) break;
    start += size;
    first += 1;
  }
  let end = bytes.length;
  for (const { at, size } of files.slice(first).reverse()) {
    if (end - size < start || !take(at, bytes.subarray(end - size, end))) break;
    end -= size;
  }
  return found;
}

const changedMeanwhile = (path: string) => failure('other', `${path} changed while it was read`);
