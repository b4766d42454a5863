import type { Outcome } from '../../model/step.ts';
import type { Section } from '../frame-output.ts';
import type { Piece } from '../piece.ts';

/** How long an action may take that has no deadline of its own: a dead disk or mount ends it, work does not. */
export const ACTION_DEADLINE_MS = 600_000;

/** What a member of a row does: `before` goes ahead of it; where that set `_y`, `quick` stands for the body. */
export interface InRow {
  readonly before: string;
  readonly quick: string;
  /** Done before the request ends because the member failed. */
  readonly failed: string;
}

interface ActionOptions {
  readonly deadlineMs?: number | undefined;
  readonly okStatus?: readonly number[] | 'any';
  readonly row?: InRow;
}

/** A piece that does something: `body` runs in a subshell; where it fails, the request ends there. */
export function actionPiece(id: number, body: string, options: ActionOptions = {}): Piece {
  const ok = options.okStatus ?? [0];
  const { before = '', quick = '', failed = '' } = options.row ?? {};
  const does = options.row ? [`case $_y in 1) ${quick};; *) (`, body, ');; esac'] : ['(', body, ')'];
  const end = failed ? `${failed}; exit 0` : 'exit 0';
  const stop = ok === 'any' ? [] : [`case $_x in ${ok.join('|') || '-'}) ;; *) ${end};; esac`];
  return {
    ids: [id],
    script: [
      ...(before ? [before] : []),
      `_b s ${id}; ${does.join('\n')}; _x=$?; _b c ${id} $_x`,
      ...stop,
    ].join('\n'),
    deadlineMs: 'deadlineMs' in options ? options.deadlineMs : ACTION_DEADLINE_MS,
    whole: [],
    acts: true,
    answers: () => new Map(),
    outcome: (frame) => {
      const section = frame.sections.get(String(id));
      return section?.rc === undefined
        ? undefined
        : outcome(section, section.rc, ok === 'any' || ok.includes(section.rc));
    },
  };
}

/** An outcome from what was printed. */
export const outcome = (
  section: Section | undefined,
  rc: number,
  ok: boolean,
  timedOut = false,
): Outcome => ({
  rc,
  ok,
  timedOut,
  stdout: section?.text() ?? '',
  stderr: section?.text('stderr') ?? '',
  cutBytes: section?.cutBytes ?? 0,
});
