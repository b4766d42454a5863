import type { Outcome } from '../../model/step.ts';
import type { Section } from '../frame-output.ts';
import type { Piece } from '../piece.ts';

/** How long an action may take that has no deadline of its own: a dead disk or mount ends it, work does not. */
export const ACTION_DEADLINE_MS = 600_000;

/** A piece that does something: `body` runs in a subshell; where it fails, the request ends there. */
export function actionPiece(
  id: number,
  body: string,
  options: { readonly deadlineMs?: number | undefined; readonly okStatus?: readonly number[] | 'any' } = {},
): Piece {
  const ok = options.okStatus ?? [0];
  const stop = ok === 'any' ? [] : [`case $_x in ${ok.join('|') || '-'}) ;; *) exit 0;; esac`];
  return {
    ids: [id],
    script: [`_b s ${id}; (`, body, `); _x=$?; _b c ${id} $_x`, ...stop].join('\n'),
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
