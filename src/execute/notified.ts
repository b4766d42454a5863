import type { HostPlay } from '../model/compiled.ts';
import type { PendingHandler } from '../model/host.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Task } from './run-state.ts';

/** Handlers that are written down on a host before a change that notifies them: a run that is cut off loses none. */
export class Notified {
  readonly #playbook: string;
  readonly #handlers: HostPlay<AnyModule>['handlers'];
  /** What is written down, by the user whose state directory has it. */
  readonly #kept = new Map<string | undefined, readonly PendingHandler[]>();

  constructor(playbook: string, handlers: HostPlay<AnyModule>['handlers']) {
    this.#playbook = playbook;
    this.#handlers = handlers;
  }

  /** An earlier run has written one down. */
  found(user: string | undefined, pending: PendingHandler): void {
    this.#kept.set(user, [...(this.#kept.get(user) ?? []), pending]);
  }

  /** True where a change of this task needs nothing written down before it. */
  readonly isKept = (task: Task): boolean => this.#fresh(task).length === 0;

  /** The list to write down before a change of this task; undefined where nothing is to be added to it. */
  toKeep(task: Task): readonly PendingHandler[] | undefined {
    const fresh = this.#fresh(task);
    if (fresh.length === 0) return undefined;
    const all = [...(this.#kept.get(task.become) ?? []), ...fresh];
    this.#kept.set(task.become, all);
    return all;
  }

  /** Users whose list has something on it; it has nothing from here on. */
  takeUsers(): readonly (string | undefined)[] {
    const users = [...this.#kept.keys()];
    this.#kept.clear();
    return users;
  }

  #fresh(task: Task): readonly PendingHandler[] {
    const kept = this.#kept.get(task.become) ?? [];
    return this.#handlers
      .filter((handler) => handler.listen.some((name) => task.notify.includes(name)))
      .map((handler) => ({
        playbook: this.#playbook,
        role: handler.ref.role ?? '',
        name: handler.listen[0] ?? '',
      }))
      .filter((one) => !kept.some((other) => handlerKey(other) === handlerKey(one)));
  }
}

/** What tells one handler of a playbook from others. */
export const handlerKey = ({ role, name }: PendingHandler): string => `${role}\0${name}`;
