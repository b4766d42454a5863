import type { ReadyItem } from '../model/compiled.ts';
import type { Answer, Found, ProbeFailure, Probes } from '../model/probe.ts';
import type { Action, Outcome, Step } from '../model/step.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Task } from './run-state.ts';

/** An item with what was found of it and what is to be done: nothing, where it is foreseen to be right already. */
export interface Member {
  readonly task: Task;
  readonly index: number;
  readonly item: ReadyItem<AnyModule>;
  readonly found: Found<Probes>;
  readonly steps: readonly Step[];
  /** It changes what members before it look at: those are inspected again before it acts. */
  readonly apart: boolean;
}

/** What came of a member's actions, and what the host answers after them. */
export interface Done {
  readonly outcomes: readonly Outcome[];
  readonly answers: ReadonlyMap<string, Answer | ProbeFailure>;
  readonly failure: { readonly action: Action; readonly outcome: Outcome } | undefined;
}

/** An item that was done in the request of one before it. */
export interface Made {
  readonly member: Member;
  readonly done: Done;
}
