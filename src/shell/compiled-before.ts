import type { Part } from '../model/host.ts';
import { type CompileOptions, compileRequest, type Frame } from './compile-request.ts';
import type { Tools } from './tools.ts';

/** More than the kinds of hosts that are worked on at the same time, mostly. */
const MOST_KEPT = 8;
/** Above so many parts a request is not kept, so that what is kept stays small. */
const MOST_PARTS = 10_000;

interface Compiled {
  readonly parts: readonly Part[];
  readonly tools: Tools;
  readonly frames: readonly Frame[];
}

/** The newest last. */
const kept: Compiled[] = [];

/**
 * The frames of a request, as they were made for a host before it: equal hosts are asked the same, by the very same
 * probes. What acts is compiled anew, because each request has file names of its own.
 */
export function framesFor(parts: readonly Part[], options: CompileOptions): readonly Frame[] {
  const { tools, alone } = options;
  if (parts.length > MOST_PARTS || alone?.size || !parts.every(({ kind }) => kind === 'probe'))
    return compileRequest(parts, options);
  const known = kept.findLast((one) => areSame(one.parts, parts) && haveSame(one.tools, tools));
  if (known) return known.frames;
  const frames = compileRequest(parts, options);
  if (kept.length >= MOST_KEPT) kept.shift();
  kept.push({ parts, tools, frames });
  return frames;
}

const areSame = (some: readonly Part[], others: readonly Part[]): boolean =>
  some.length === others.length &&
  some.every((part, at) => {
    const other = others[at];
    return (
      part.id === other?.id && part.kind === 'probe' && other.kind === 'probe' && part.probe === other.probe
    );
  });

const haveSame = (some: Tools, others: Tools): boolean =>
  Object.entries(some).every(([tool, there]) => others[tool as keyof Tools] === there);
