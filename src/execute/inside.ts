import { isProbeFailure } from '../model/host.ts';
import type { Answer, Probe, ProbeFailure, Stat } from '../model/probe.ts';
import type { Question } from './question.ts';

/** The questions of an item, by name. */
type Questions = ReadonlyMap<string, Question>;
type AnswerOf = (question: Question) => Answer | ProbeFailure | undefined;

/** The name under which the directory is asked for that a probe looks into. */
export const withinOf = (probe: Probe): string | undefined => ('within' in probe ? probe.within : undefined);

const NOTHING: Stat = { exists: false };

/** What is known of a path inside, by the answer to what it is inside of: nothing is there where that is no directory. */
export function implied(around: Answer | ProbeFailure | undefined): Stat | undefined {
  if (around === undefined || isProbeFailure(around)) return undefined;
  return 'type' in around && around.type === 'directory' ? undefined : NOTHING;
}

/** Which of the questions that look into a directory are asked, on one host. */
export class Inside {
  /** What was a directory before answers became void: it mostly still is, and what is inside of it is asked at once. */
  readonly #directories = new Set<string>();

  /** False where a question looks into what is no directory, or was never known to be one. */
  isDue({ probe }: Question, questions: Questions, answerOf: AnswerOf): boolean {
    const around = questions.get(withinOf(probe) ?? '');
    if (!around) return true;
    const answer = answerOf(around);
    if (answer === undefined) return this.#directories.has(around.key);
    if (implied(answer)) return false;
    this.#directories.add(around.key);
    return true;
  }
}

/** What another answer of the same item says of a question already. */
export function impliedAnswer(
  { probe }: Question,
  questions: Questions,
  answerOf: AnswerOf,
): Stat | undefined {
  const around = questions.get(withinOf(probe) ?? '');
  return around && implied(answerOf(around));
}
