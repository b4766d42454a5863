import type { Expansion, HostNode, ReadyItem } from '../model/compiled.ts';
import { isUnhashed } from '../model/content.ts';
import type { Facts } from '../model/facts.ts';
import type { Part, Response } from '../model/host.ts';
import type { Answer, ProbeFailure } from '../model/probe.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Answers } from './answers.ts';
import { Inside, impliedAnswer } from './inside.ts';
import { type Inspection, inspectionOf } from './inspection.ts';
import type { Done, Made, Member } from './member.ts';
import type { Question } from './question.ts';
import { type HostState, type RunState, surroundings, type Task } from './run-state.ts';

/** Longest look ahead: items that one request asks for at most. */
const WIDEST = 4096;
/** Items looked at after a change of one item; as many as changed, where more did; twice as many each time that all were used. */
const NARROW = 4;

/** Answers to the probes of one item, by the name of the probe. */
export type ItemAnswers = ReadonlyMap<string, Answer | ProbeFailure>;

/** Questions to one user on their way, by the id of their part. */
interface Asked {
  readonly user: string | undefined;
  readonly parts: Part[];
  readonly questions: Map<number, Question>;
  /** What is asked already, by its key. */
  readonly keys: Set<string>;
  /** The same for links, which stand above many files. */
  readonly links: Set<Question>;
}

/** What a task came to, and by what: facts, and how much the host had learnt. */
interface Expanded {
  readonly facts: Facts;
  readonly changes: number;
  readonly expansion: Expansion<AnyModule>;
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
  readonly #inspections = new WeakMap<ReadyItem<AnyModule>, Inspection>();
  readonly #expansions = new Map<Task, Expanded>();
  readonly #made = new Map<Task, Map<number, Made>>();
  readonly #inside = new Inside();
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

  /** What an item asks: made once, because its turn comes after it was looked ahead at. */
  inspectionOf(item: ReadyItem<AnyModule>): Inspection {
    const known = this.#inspections.get(item);
    if (known) return known;
    const made = inspectionOf(item, () => surroundings(this.#run, this.#state));
    this.#inspections.set(item, made);
    return made;
  }

  /** Answers for one item of a task, if they are all there. Most are, and then no promise is made. */
  knownAnswers(task: Task, item: ReadyItem<AnyModule>): ItemAnswers | undefined {
    const known = this.#answersOf(task, item);
    return known.size === this.inspectionOf(item).questions.size ? known : undefined;
  }

  /** Fetches answers for one item of a task, together with those of what comes after it. */
  async fetchAnswers(task: Task, index: number, item: ReadyItem<AnyModule>): Promise<ItemAnswers> {
    await this.#fetch(task, index, item);
    // What lies in a directory is asked once it is known to be one.
    if (!this.knownAnswers(task, item)) await this.#fetch(task, index, item);
    return this.#answersOf(task, item);
  }

  #answersOf(task: Task, item: ReadyItem<AnyModule>): ItemAnswers {
    const known = new Map<string, Answer | ProbeFailure>();
    const { questions } = this.inspectionOf(item);
    const answerOf = (question: Question) => this.#answers.get(task.become, question);
    for (const [field, question] of questions) {
      const answer = answerOf(question) ?? impliedAnswer(question, questions, answerOf);
      if (answer) known.set(field, answer);
    }
    return known;
  }

  /** What a task comes to by what is known now: the same until the host has learnt something. */
  expansionOf(task: Task): Expansion<AnyModule> {
    const { facts, learnt } = this.#state;
    const { changes } = learnt;
    const known = this.#expansions.get(task);
    if (known?.changes === changes && known.facts === facts) return known.expansion;
    const expansion = task.expand({ facts, learnt });
    this.#expansions.set(task, { facts, changes, expansion });
    return expansion;
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
    const asked = nothingAsked(task.become);
    for (const next of this.#upcoming(task, index + 1, this.#width)) {
      if (next.task.become === task.become) this.#ask(next.item, asked);
    }
    return asked;
  }

  /** Keeps what came back. */
  keep(asked: Asked, response: Response): void {
    for (const [id, question] of asked.questions) {
      const answer = response.answers.get(id);
      if (answer !== undefined) this.#answers.put(asked.user, question, answer);
    }
  }

  async #fetch(task: Task, index: number, item: ReadyItem<AnyModule>): Promise<void> {
    const byUser = new Map<string | undefined, Asked>();
    const askOf = (user: string | undefined): Asked => {
      const asked = byUser.get(user) ?? nothingAsked(user);
      byUser.set(user, asked);
      return asked;
    };
    this.#ask(item, askOf(task.become));
    for (const next of this.#upcoming(task, index + 1, this.#width))
      this.#ask(next.item, askOf(next.task.become));
    this.#width = Math.min(WIDEST, this.#width * 2);
    await Promise.all(
      [...byUser].map(async ([user, asked]) => {
        if (asked.parts.length === 0) return;
        const shell = await this.#state.shell(user);
        this.keep(asked, await shell.send({ parts: asked.parts }));
      }),
    );
  }

  #ask(item: ReadyItem<AnyModule>, into: Asked): void {
    const { links, questions } = this.inspectionOf(item);
    for (const link of links) {
      if (into.links.has(link)) continue;
      into.links.add(link);
      this.#askOne(link, into);
    }
    const answerOf = (question: Question) => this.#answers.get(into.user, question);
    for (const question of questions.values())
      if (this.#inside.isDue(question, questions, answerOf)) this.#askOne(question, into);
  }

  #askOne(question: Question, { user, keys, parts, questions }: Asked): void {
    const { key, probe } = question;
    if (keys.has(key) || this.#answers.get(user, question)) return;
    keys.add(key);
    const id = this.id();
    parts.push({ kind: 'probe', id, probe });
    questions.set(id, question);
  }

  /** Items whose turn comes after one, as far as they are known by now and as nothing is bound to change before them. */
  *#upcoming(task: Task, from: number, width: number) {
    let left = width;
    for (const next of this.tasksFrom(task)) {
      const expansion = this.expansionOf(next);
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
    if (this.inspectionOf(item).questions.size > 0) return false;
    const planned = item.module.plan(item.want, {}, surroundings(this.#run, this.#state));
    return Array.isArray(planned) && planned.length > 0;
  }
}

const nothingAsked = (user: string | undefined): Asked => ({
  user,
  parts: [],
  questions: new Map(),
  keys: new Set(),
  links: new Set(),
});

/** What comes when nothing fails: a block's tasks, then its always. */
const normalPath = (nodes: readonly HostNode<AnyModule>[]): readonly Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : normalPath([...node.tasks, ...node.always])));
