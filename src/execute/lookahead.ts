import type { HostNode, ReadyItem } from '../model/compiled.ts';
import type { Part, Response } from '../model/host.ts';
import type { Answer, ProbeFailure, Probes } from '../model/probe.ts';
import type { AnyModule, Surroundings } from '../modules/module.ts';
import type { HostState, RunState, Task } from './run-state.ts';

/** Longest look ahead: what one request holds at most. */
const WIDEST = 4096;
/** Items looked at after a change; it doubles each time that all of them were used. */
const NARROW = 4;

/** Answers to the probes of one item, in the order of its probes. */
export type ItemAnswers = ReadonlyMap<string, Answer | ProbeFailure>;

/** Probes on their way: which item and field each part of a request belongs to. */
interface Asked {
  readonly parts: Part[];
  readonly fields: Map<number, { readonly key: string; readonly field: string; readonly probes: number }>;
}

/**
 * Answers that were fetched ahead of their turn. Whoever needs one that is not there asks for it together with those of the
 * tasks after it; any action on the host voids all that were not used.
 */
export class Lookahead {
  readonly #run: RunState;
  readonly #state: HostState;
  readonly #flow: readonly Task[];
  readonly #answers = new Map<string, Map<string, Answer | ProbeFailure>>();
  #width = WIDEST;
  #nextId = 0;

  constructor(run: RunState, state: HostState, nodes: readonly HostNode<AnyModule>[]) {
    this.#run = run;
    this.#state = state;
    this.#flow = normalPath(nodes);
  }

  /** An unused id for a part of a request. */
  id(): number {
    return this.#nextId++;
  }

  /** Answers for one item of a task, fetched with those of what comes after it where they are not there yet. */
  async answersFor(task: Task, index: number, item: ReadyItem<AnyModule>): Promise<ItemAnswers> {
    const key = keyOf(task, index);
    const probes = probesOf(item, this.#around);
    if (Object.keys(probes).length === 0) return new Map();
    if (!this.#answers.has(key)) await this.#fetch(task, index, item);
    const found = this.#answers.get(key) ?? new Map();
    this.#answers.delete(key);
    return found;
  }

  /** Forgets everything that was not used: an action is about to change the host. */
  voidAnswers(): void {
    this.#answers.clear();
    this.#width = NARROW;
  }

  /** Parts that ask for what comes after an item, by the same user, to travel with a change. */
  partsAfter(task: Task, index: number): Asked {
    const asked: Asked = { parts: [], fields: new Map() };
    for (const next of this.#upcoming(task, index + 1, this.#width)) {
      if (next.task.become === task.become) this.#ask(next.key, next.item, asked);
    }
    return asked;
  }

  /** Keeps what came back. Items of which an answer is missing are asked for again. */
  keep(asked: Asked, response: Response): void {
    for (const [id, { key, field, probes }] of asked.fields) {
      const answer = response.answers.get(id);
      if (answer === undefined) continue;
      const kept = this.#answers.get(key) ?? new Map<string, Answer | ProbeFailure>();
      kept.set(field, answer);
      this.#answers.set(key, kept);
      if (kept.size > probes) throw new Error('more answers than probes');
    }
    for (const [id, { key, probes }] of asked.fields) {
      if (!response.answers.has(id) && (this.#answers.get(key)?.size ?? 0) < probes)
        this.#answers.delete(key);
    }
  }

  get #around(): Surroundings {
    return { facts: this.#state.facts, mode: this.#run.mode };
  }

  async #fetch(task: Task, index: number, item: ReadyItem<AnyModule>): Promise<void> {
    const byUser = new Map<string | undefined, Asked>();
    const askOf = (user: string | undefined): Asked => {
      const asked = byUser.get(user) ?? { parts: [], fields: new Map() };
      byUser.set(user, asked);
      return asked;
    };
    this.#ask(keyOf(task, index), item, askOf(task.become));
    for (const next of this.#upcoming(task, index + 1, this.#width))
      this.#ask(next.key, next.item, askOf(next.task.become));
    this.#width = Math.min(WIDEST, this.#width * 2);
    await Promise.all(
      [...byUser].map(async ([user, asked]) => {
        const shell = await this.#state.shell(user);
        this.keep(asked, await shell.send({ parts: asked.parts }));
      }),
    );
  }

  #ask(key: string, item: ReadyItem<AnyModule>, into: Asked): void {
    if (this.#answers.has(key)) return;
    const probes = Object.entries(probesOf(item, this.#around));
    for (const [field, probe] of probes) {
      const id = this.id();
      into.parts.push({ kind: 'probe', id, probe });
      into.fields.set(id, { key, field, probes: probes.length });
    }
  }

  /** Items whose turn comes after one, as far as they are known by now and as nothing is bound to change before them. */
  *#upcoming(task: Task, from: number, width: number) {
    const start = this.#flow.indexOf(task);
    let left = width;
    for (const next of start < 0 ? [task] : this.#flow.slice(start)) {
      const expansion = next.expand({ facts: this.#state.facts, learnt: this.#state.learnt });
      if (expansion.kind !== 'ready') continue;
      for (const [index, item] of expansion.items.entries()) {
        if (item.kind !== 'ready' || (next === task && index < from)) continue;
        if (this.#run.mode === 'apply' && bound(item, this.#around)) return;
        if (left-- <= 0) return;
        yield { task: next, key: keyOf(next, index), item };
      }
    }
  }
}

const keyOf = (task: Task, index: number): string => `${task.ref.id}/${index}`;

/** True for an item that acts whatever the host says: answers from behind it would be void. */
function bound(item: ReadyItem<AnyModule>, around: Surroundings): boolean {
  if (Object.keys(probesOf(item, around)).length > 0) return false;
  const planned = item.module.plan(item.want, {}, around);
  return Array.isArray(planned) && planned.length > 0;
}

/** The probes of an item. */
export const probesOf = (item: ReadyItem<AnyModule>, around: Surroundings): Probes =>
  item.module.inspect(item.want, around);

/** What comes when nothing fails: a block's tasks, then its always. */
const normalPath = (nodes: readonly HostNode<AnyModule>[]): readonly Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : normalPath([...node.tasks, ...node.always])));
