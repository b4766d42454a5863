import type { HostNode, ReadyItem } from '../model/compiled.ts';
import { isUnhashed } from '../model/content.ts';
import type { Part, Response } from '../model/host.ts';
import type { Answer, Probe, ProbeFailure, Probes } from '../model/probe.ts';
import type { AnyModule, Surroundings } from '../modules/module.ts';
import { type Answers, keyOf } from './answers.ts';
import { linksAbove } from './links-above.ts';
import type { Done, Made, Member } from './member.ts';
import { type HostState, type RunState, surroundings, type Task } from './run-state.ts';

/** Longest look ahead: items that one request asks for at most. */
const WIDEST = 4096;
/** Items looked at after a change of one item; as many as changed, where more did; twice as many each time that all were used. */
const NARROW = 4;

/** Answers to the probes of one item, by the name of the probe. */
export type ItemAnswers = ReadonlyMap<string, Answer | ProbeFailure>;

/** Probes on their way, by the id of their part. */
interface Asked {
  readonly parts: Part[];
  readonly probes: Map<number, { readonly user: string | undefined; readonly probe: Probe }>;
  /** What is asked already, by user and probe. */
  readonly keys: Set<string>;
  /** The same by the very probe, where one user is asked. */
  readonly seen: Set<Probe>;
}

/**
 * Asks a host ahead of its tasks' turns. Whoever needs an answer that is not there asks for it together with those of the
 * tasks after it; any action on the host voids all answers.
 */
export class Lookahead {
  readonly #run: RunState;
  readonly #state: HostState;
  readonly #flow: readonly Task[];
  readonly #answers: Answers;
  readonly #probes = new WeakMap<ReadyItem<AnyModule>, Probes>();
  readonly #made = new Map<Task, Map<number, Made>>();
  #width = WIDEST;
  #nextId = 0;

  constructor(run: RunState, state: HostState, nodes: readonly HostNode<AnyModule>[]) {
    this.#run = run;
    this.#state = state;
    this.#answers = state.answers;
    this.#flow = normalPath(nodes);
  }

  /** An unused id for a part of a request. */
  id(): number {
    return this.#nextId++;
  }

  /** The probes of an item: made once, because its turn comes after it was looked ahead at. */
  probesOf(item: ReadyItem<AnyModule>): Probes {
    const known = this.#probes.get(item);
    if (known) return known;
    const probes = item.module.inspect(item.want, this.#around);
    this.#probes.set(item, probes);
    return probes;
  }

  /** Answers for one item of a task, fetched with those of what comes after it where they are not there yet. */
  async answersFor(task: Task, index: number, item: ReadyItem<AnyModule>): Promise<ItemAnswers> {
    const probes = Object.entries(this.probesOf(item));
    if (probes.some(([, probe]) => !this.#answers.get(task.become, probe)))
      await this.#fetch(task, index, item);
    return new Map(
      probes.flatMap(([field, probe]) => {
        const answer = this.#answers.get(task.become, probe);
        return answer ? [[field, answer] as const] : [];
      }),
    );
  }

  /** The same of those that are there; undefined where one is missing. */
  knownAnswers(task: Task, item: ReadyItem<AnyModule>): ItemAnswers | undefined {
    const known = new Map<string, Answer | ProbeFailure>();
    for (const [field, probe] of Object.entries(this.probesOf(item))) {
      const answer = this.#answers.get(task.become, probe);
      if (!answer) return undefined;
      known.set(field, answer);
    }
    return known;
  }

  /** Tasks from one on, in the order that they come in when nothing fails. */
  tasksFrom(task: Task): readonly Task[] {
    const start = this.#flow.indexOf(task);
    return start < 0 ? [task] : this.#flow.slice(start);
  }

  /** Forgets everything: `members` items are about to change the host, or time has passed. */
  voidAnswers(members = 0): void {
    this.#answers.clear();
    this.#width = Math.max(NARROW, members);
    // What was done stays done; what was only seen is asked for again.
    for (const own of this.#made.values())
      for (const [index, { member }] of own) if (member.steps.length === 0) own.delete(index);
  }

  /** Keeps what came of an item that was done, or seen, in the request of one before it, for its turn. */
  made(member: Member, done: Done): void {
    const own = this.#made.get(member.task) ?? new Map<number, Made>();
    this.#made.set(member.task, own.set(member.index, { member, done }));
  }

  /** Hands that out, once. */
  takeMade(task: Task, index: number): Made | undefined {
    const own = this.#made.get(task);
    const made = own?.get(index);
    own?.delete(index);
    return made;
  }

  /** What was done for items whose turn does not come any more, once. */
  takeAllMade(): readonly Made[] {
    const all = [...this.#made.values()].flatMap((own) => [...own.values()]);
    this.#made.clear();
    return all.filter(({ member }) => member.steps.length > 0);
  }

  /** Parts that ask for what comes after an item, by the same user, to travel with a change. */
  partsAfter(task: Task, index: number): Asked {
    const asked = nothingAsked();
    for (const next of this.#upcoming(task, index + 1, this.#width)) {
      if (next.task.become === task.become) this.#ask(next.task, next.item, asked);
    }
    return asked;
  }

  /** Keeps what came back. */
  keep(asked: Asked, response: Response): void {
    for (const [id, { user, probe }] of asked.probes) {
      const answer = response.answers.get(id);
      if (answer !== undefined) this.#answers.put(user, probe, answer);
    }
  }

  get #around(): Surroundings {
    return surroundings(this.#run, this.#state);
  }

  async #fetch(task: Task, index: number, item: ReadyItem<AnyModule>): Promise<void> {
    const byUser = new Map<string | undefined, Asked>();
    const askOf = (user: string | undefined): Asked => {
      const asked = byUser.get(user) ?? nothingAsked();
      byUser.set(user, asked);
      return asked;
    };
    this.#ask(task, item, askOf(task.become));
    for (const next of this.#upcoming(task, index + 1, this.#width))
      this.#ask(next.task, next.item, askOf(next.task.become));
    this.#width = Math.min(WIDEST, this.#width * 2);
    await Promise.all(
      [...byUser].map(async ([user, asked]) => {
        if (asked.parts.length === 0) return;
        const shell = await this.#state.shell(user);
        this.keep(asked, await shell.send({ parts: asked.parts }));
      }),
    );
  }

  #ask(task: Task, item: ReadyItem<AnyModule>, into: Asked): void {
    const user = task.become;
    const probes = this.probesOf(item);
    for (const probe of [...linksAbove(probes), ...Object.values(probes)]) {
      if (into.seen.has(probe)) continue;
      into.seen.add(probe);
      const key = keyOf(user, probe);
      if (this.#answers.get(user, probe) || into.keys.has(key)) continue;
      into.keys.add(key);
      const id = this.id();
      into.parts.push({ kind: 'probe', id, probe });
      into.probes.set(id, { user, probe });
    }
  }

  /** Items whose turn comes after one, as far as they are known by now and as nothing is bound to change before them. */
  *#upcoming(task: Task, from: number, width: number) {
    let left = width;
    for (const next of this.tasksFrom(task)) {
      const expansion = next.expand({ facts: this.#state.facts, learnt: this.#state.learnt });
      if (expansion.kind !== 'ready') continue;
      for (const [index, item] of expansion.items.entries()) {
        if (item.kind !== 'ready' || (next === task && index < from)) continue;
        // Which file it sends came out during the run; nothing waits for its hash but its own turn.
        if (isUnhashed(item.file)) continue;
        if (this.#run.mode === 'apply' && this.#bound(item)) return;
        if (left-- <= 0) return;
        yield { task: next, item };
      }
    }
  }

  /** True for an item that acts whatever the host says: answers from behind it would be void. */
  #bound(item: ReadyItem<AnyModule>): boolean {
    for (const _probe in this.probesOf(item)) return false;
    const planned = item.module.plan(item.want, {}, this.#around);
    return Array.isArray(planned) && planned.length > 0;
  }
}

const nothingAsked = (): Asked => ({ parts: [], probes: new Map(), keys: new Set(), seen: new Set() });

/** What comes when nothing fails: a block's tasks, then its always. */
const normalPath = (nodes: readonly HostNode<AnyModule>[]): readonly Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : normalPath([...node.tasks, ...node.always])));
