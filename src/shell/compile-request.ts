import { isLocal } from '../model/content.ts';
import type { Part } from '../model/host.ts';
import type { Probe } from '../model/probe.ts';
import type { Action } from '../model/step.ts';
import { fetchPiece } from './actions/fetch-file.ts';
import { makeDirectoryPiece, makeLinkPiece, removePiece, setAttributesPiece } from './actions/paths.ts';
import { type Numbered, rowOf } from './actions/row.ts';
import { rowPieces } from './actions/row-pieces.ts';
import { runPiece } from './actions/run.ts';
import { uploadPiece } from './actions/upload.ts';
import { waitPiece } from './actions/wait.ts';
import { writeFilePieces } from './actions/write-file.ts';
import type { ReadMode } from './loop.ts';
import type { Asked, Freight, Piece } from './piece.ts';
import { accountPiece } from './probes/account.ts';
import { capturePiece } from './probes/capture.ts';
import { packagePiece } from './probes/package.ts';
import { programPiece } from './probes/program.ts';
import { isHashOnly, readFilePiece } from './probes/read-file.ts';
import { isAwkward, statPiece } from './probes/stat.ts';
import { sysctlPiece } from './probes/sysctl.ts';
import { unitPiece } from './probes/unit.ts';
import type { Tools } from './tools.ts';

/** One frame: what travels to a shell at once. */
export interface Frame {
  readonly pieces: readonly Piece[];
  readonly script: string;
  readonly acts: boolean;
  /** Of its only piece. */
  readonly freight?: Freight;
}

export interface CompileOptions {
  readonly tools: Tools;
  readonly mode: ReadMode;
  /** Unguessable text of this request, for the names of temporary files. */
  readonly unique: string;
  /** Parts of which each gets a process of its own, because one of them hung. */
  readonly alone?: ReadonlySet<number>;
}

/** Most bytes of arguments for one process, far below ARG_MAX (2 MiB) and a single argument's 128 KiB. */
const MOST_ARGUMENT_BYTES = 96 * 1024;
const MOST_ARGUMENTS = 500;
/** Above this a request is cut between two pieces. */
const MOST_SCRIPT_BYTES = 512 * 1024;

/** Compiles a request's parts to frames, mostly just one. Probes of a run between two actions are joined by kind. */
export function compileRequest(parts: readonly Part[], options: CompileOptions): readonly Frame[] {
  const frames: Frame[] = [];
  let pieces: Piece[] = [];
  let bytes = 0;
  const cut = (): void => {
    if (pieces.length > 0) frames.push(frameOf(pieces));
    pieces = [];
    bytes = 0;
  };
  const add = (piece: Piece): void => {
    if (bytes > 0 && bytes + piece.script.length > MOST_SCRIPT_BYTES) cut();
    pieces.push(piece);
    bytes += piece.script.length;
  };
  let asked: Asked<Probe>[] = [];
  const ask = (): void => {
    probePieces(asked, options).forEach(add);
    asked = [];
  };
  let row: Numbered[] = [];
  const act = (): void => {
    const shared = rowOf(row);
    if (shared) {
      const together = rowPieces(shared, options.tools, options.unique);
      // Its pieces hang on each other, so they are not cut apart.
      const size = together.reduce((sum, piece) => sum + piece.script.length, 0);
      if (bytes > 0 && bytes + size > MOST_SCRIPT_BYTES) cut();
      pieces.push(...together);
      bytes += size;
    } else {
      for (const { id, action } of row) {
        // Pieces of one long file go in a frame each, so that neither side holds much of it.
        actionPieces(id, action, options).forEach((piece, at) => {
          if (at > 0 || piece.freight) cut();
          add(piece);
          if (piece.freight) cut();
        });
      }
    }
    row = [];
  };
  for (const part of parts) {
    if (part.kind === 'probe') {
      act();
      asked.push(part);
      continue;
    }
    ask();
    if (row.length > 0 && !rowOf([...row, part])) act();
    row.push(part);
  }
  act();
  ask();
  cut();
  return frames;
}

/** A frame of one piece, whatever it carries. */
export const frameOfOne = (piece: Piece): Frame => frameOf([piece]);

/** The key of the mark that says that a piece is complete. */
export const doneKey = (at: number): string => `done:${at}`;

const frameOf = (pieces: readonly Piece[]): Frame => ({
  pieces,
  script: pieces.map((piece, at) => `${piece.script}\n_m v ${doneKey(at)} 1`).join('\n'),
  acts: pieces.some((piece) => piece.acts),
  ...(pieces[0]?.freight ? { freight: pieces[0].freight } : {}),
});

function actionPieces(id: number, action: Action, options: CompileOptions): readonly Piece[] {
  switch (action.kind) {
    case 'run':
      return [runPiece(id, action)];
    case 'writeFile':
      return isLocal(action.content)
        ? [uploadPiece(id, action, action.content, options.tools)]
        : writeFilePieces(id, action, action.content, options.tools, options.unique);
    case 'fetchFile':
      return [fetchPiece(id, action)];
    case 'makeDirectory':
      return [makeDirectoryPiece(id, action)];
    case 'setAttributes':
      return [setAttributesPiece(id, action)];
    case 'makeLink':
      return [makeLinkPiece(id, action, `${options.unique}-${id}`)];
    case 'remove':
      return [removePiece(id, action, options.tools)];
    case 'wait':
      return [waitPiece(id, action)];
  }
}

/** Joins the probes of one kind; captures come last, in their order. */
function probePieces(asked: readonly Asked<Probe>[], { tools, alone }: CompileOptions): readonly Piece[] {
  const of = <K extends Probe['kind']>(kind: K): readonly Asked<Extract<Probe, { kind: K }>>[] =>
    asked.flatMap(({ id, probe }) =>
      probe.kind === kind ? [{ id, probe: probe as Extract<Probe, { kind: K }> }] : [],
    );
  const key = (part: Asked<Probe>): string => `${part.probe.kind}:${part.id}`;
  const join = <P extends Probe>(
    parts: readonly Asked<P>[],
    piece: (some: readonly Asked<P>[], key: string) => Piece,
  ): readonly Piece[] =>
    chunks(parts, alone).flatMap((some) => (some[0] ? [piece(some, key(some[0] as Asked<Probe>))] : []));
  return [
    ...join(of('sysctl'), sysctlPiece),
    ...join(of('program'), programPiece),
    ...join(of('stat'), (some, k) => statPiece(some, k, tools)),
    ...join(of('readFile'), (some, k) => readFilePiece(some, k, tools)),
    ...join(of('package'), packagePiece),
    ...join(of('account'), accountPiece),
    ...join(of('unit'), (some, k) => unitPiece(some, k, tools)),
    ...of('capture').map(capturePiece),
  ];
}

function chunks<P extends Probe>(
  parts: readonly Asked<P>[],
  alone: ReadonlySet<number> | undefined,
): readonly (readonly Asked<P>[])[] {
  const all: Asked<P>[][] = [];
  let open: Asked<P>[] = [];
  let bytes = 0;
  for (const part of parts) {
    const { probe } = part as { readonly probe: Probe };
    const text = 'path' in probe ? probe.path : 'name' in probe ? probe.name : '';
    // A long one has a deadline of its own.
    const isLong = probe.kind === 'readFile' && isHashOnly(probe);
    if (isAwkward(text) || isLong || alone?.has(part.id)) {
      all.push([part]);
      continue;
    }
    bytes += text.length + 1;
    if (open.length === 0 || open.length >= MOST_ARGUMENTS || bytes > MOST_ARGUMENT_BYTES) {
      open = [];
      all.push(open);
      bytes = text.length + 1;
    }
    open.push(part);
  }
  return all;
}
