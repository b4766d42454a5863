import type { LocalFile } from '../model/content.ts';
import type { Answer, Probe, ProbeFailure } from '../model/probe.ts';
import type { FetchFile, Outcome } from '../model/step.ts';
import type { FrameOutput } from './frame-output.ts';

/** A probe with the number of its part. */
export interface Asked<P extends Probe> {
  readonly id: number;
  readonly probe: P;
}

/** A file's raw bytes that travel with a piece: after its script, or back under the key of a section. */
export type Freight =
  | { readonly kind: 'up'; readonly file: LocalFile; readonly byChunks: ByChunks }
  | { readonly kind: 'down'; readonly action: FetchFile; readonly section: string };

/** The same as requests that carry a chunk each, for a host that cannot read raw bytes. */
export interface ByChunks {
  readonly first: Piece;
  chunk(bytes: Uint8Array): Piece;
  readonly last: Piece;
}

/** A piece of a request that stands or falls as one: probes of one kind, or one action. */
export interface Piece {
  readonly ids: readonly number[];
  /** Script text, without line break at its end. */
  readonly script: string;
  /** How long it may take, in ms; undefined: for ever. */
  readonly deadlineMs: number | undefined;
  /** Section keys of which no byte may be cut: contents of files. */
  readonly whole: readonly string[];
  /** Action of the piece; undefined where it only reads. */
  readonly acts: boolean;
  /** What else travels than script and answer: of such pieces each has a frame of its own. */
  readonly freight?: Freight;
  readonly answers: (frame: FrameOutput) => ReadonlyMap<number, Answer | ProbeFailure>;
  readonly outcome: (frame: FrameOutput) => Outcome | undefined;
}

/** A piece that only reads. `answerTo` is called once for each part when the piece is complete. */
export function probePiece<P extends Probe>(
  parts: readonly Asked<P>[],
  script: string,
  deadlineMs: number,
  reader: (frame: FrameOutput) => (part: Asked<P>) => Answer | ProbeFailure,
  whole: readonly string[] = [],
): Piece {
  return {
    ids: parts.map((part) => part.id),
    script,
    deadlineMs,
    whole,
    acts: false,
    answers: (frame) => {
      const answerTo = reader(frame);
      return new Map(parts.map((part) => [part.id, answerTo(part)]));
    },
    outcome: () => undefined,
  };
}

export const failure = (failed: ProbeFailure['failed'], detail: string): ProbeFailure => ({ failed, detail });

export const denied = (path: string): ProbeFailure =>
  failure('permission-denied', `${path} may not be read by this user`);
