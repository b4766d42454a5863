import type { HostNode } from '../model/compiled.ts';
import type { PendingHandler } from '../model/host.ts';
import type { Value } from '../model/value.ts';
import type { AnyModule } from '../modules/module.ts';
import { TaskFailed } from './failures.ts';
import { Lookahead } from './lookahead.ts';
import { handlerKey, Notified } from './notified.ts';
import type { HostState, Play, RunState, Task } from './run-state.ts';
import { reportMade, runTask } from './task-run.ts';

/** Results of `run_once` tasks, by task: the first host of the play gives them, the others wait for them. */
export type Shared = Map<string, { readonly host: string; readonly done: Promise<Value | undefined> }>;

/** Runs a play on one host: its tasks in order, its handlers at the end. Throws `TaskFailed` where a task did. */
export class HostPlayRun {
  readonly #run: RunState;
  readonly #state: HostState;
  readonly #play: Play;
  readonly #shared: Shared;
  readonly #notified = new Set<string>();
  readonly #written: Notified;

  constructor(run: RunState, state: HostState, play: Play, shared: Shared) {
    this.#run = run;
    this.#state = state;
    this.#play = play;
    this.#shared = shared;
    this.#written = new Notified(run.playbook, play.handlers);
  }

  async run(): Promise<void> {
    await this.#resumeHandlers();
    try {
      await this.#nodes(this.#play.nodes, new Lookahead(this.#run, this.#state, this.#play.nodes));
    } finally {
      // A host that failed keeps its handlers written down; the next run takes them up.
      if (this.#notified.size === 0) await this.#forgetHandlers();
    }
    await this.#flush();
  }

  /** What an earlier run notified and did not get to. */
  async #resumeHandlers(): Promise<void> {
    const users = new Set([...this.#play.handlers, ...normal(this.#play.nodes)].map((task) => task.become));
    for (const user of users) {
      const shell = await this.#state.shell(user);
      const own = shell.pendingHandlers.filter((one) => one.playbook === this.#run.playbook);
      for (const pending of own) {
        const handler = this.#play.handlers.find((task) => answersTo(task, pending));
        if (!handler || this.#state.resumed.has(handlerKey(pending))) continue;
        this.#state.resumed.add(handlerKey(pending));
        this.#notified.add(pending.name);
        this.#written.found(user, pending);
      }
    }
  }

  async #nodes(nodes: readonly HostNode<AnyModule>[], ahead: Lookahead): Promise<void> {
    for (const node of nodes) {
      if (node.kind === 'task') await this.#task(node, ahead);
      else await this.#block(node, ahead);
    }
  }

  async #block(block: Extract<HostNode<AnyModule>, { kind: 'block' }>, ahead: Lookahead): Promise<void> {
    try {
      try {
        await this.#nodes(block.tasks, ahead);
      } catch (error) {
        if (!(error instanceof TaskFailed) || block.rescue.length === 0) throw error;
        this.#state.counts.failed -= 1;
        this.#state.counts.ok += 1;
        await this.#nodes(block.rescue, new Lookahead(this.#run, this.#state, block.rescue));
      }
    } finally {
      if (!this.#run.signal.aborted) await this.#nodes(block.always, ahead);
    }
  }

  #task(task: Task, ahead: Lookahead): Promise<void> {
    if (task.flushesHandlers) return this.#flush();
    return task.runOnce ? this.#once(task, ahead) : this.#one(task, ahead);
  }

  async #one(task: Task, ahead: Lookahead): Promise<void> {
    try {
      if (await runTask(task, this.#run, this.#state, ahead, this.#written)) this.#notify(task);
    } catch (error) {
      // What was done together with a task that failed was done all the same, and so is told.
      for (const one of reportMade(this.#run, this.#state, ahead)) this.#notify(one);
      throw error;
    }
  }

  #notify(task: Task): void {
    for (const name of task.notify) this.#notified.add(name);
  }

  async #once(task: Task, ahead: Lookahead): Promise<void> {
    const first = this.#shared.get(task.ref.id);
    if (first) {
      const value = await first.done;
      if (task.register && value !== undefined) this.#state.learnt.set(task.register, value);
      return;
    }
    const work = this.#one(task, ahead);
    const value = work.then(
      () => (task.register ? this.#state.learnt.get(task.register) : undefined),
      () => undefined,
    );
    this.#shared.set(task.ref.id, { host: this.#state.name, done: value });
    await work;
  }

  /** Runs the handlers that were notified, in the order they are written. */
  async #flush(): Promise<void> {
    const due = this.#play.handlers.filter((handler) =>
      handler.listen.some((name) => this.#notified.has(name)),
    );
    const ahead = new Lookahead(this.#run, this.#state, due);
    for (const handler of due) await this.#one(handler, ahead);
    this.#notified.clear();
    await this.#forgetHandlers();
  }

  async #forgetHandlers(): Promise<void> {
    if (this.#run.mode === 'plan') return;
    for (const user of this.#written.takeUsers()) {
      const shell = await this.#state.shell(user);
      await shell.send({
        parts: shell.keepHandlers([]).map((action, id) => ({ kind: 'action', id, action })),
      });
    }
  }
}

const answersTo = (task: Task, pending: PendingHandler): boolean =>
  task.listen.includes(pending.name) && (task.ref.role ?? '') === pending.role;

const normal = (nodes: readonly HostNode<AnyModule>[]): readonly Task[] =>
  nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : normal([...node.tasks, ...node.rescue, ...node.always]),
  );
