import { hash } from 'node:crypto';
import type { TaskFinished } from '../model/event.ts';

/** What came of a task on some hosts alike. */
export interface Result {
  /** The event of the first of them, in the order of the play. */
  readonly first: TaskFinished;
  /** Their names, in the order of the play. */
  readonly hosts: readonly string[];
}

/** The same while it is gathered: places of hosts in the play instead of names. */
interface Same {
  first: TaskFinished;
  firstPlace: number;
  readonly places: number[];
}

interface Task {
  readonly results: Map<string, Same>;
  /** Hosts at work that have passed it. */
  passed: number;
}

/**
 * Results of the tasks of a play until every host has passed them. Of equal results one event is kept, however many hosts
 * had it, and which tasks a host has passed only until the host is done: memory grows with tasks times what differs, and
 * with a number for each host and told task.
 */
export class Gathered {
  readonly #hosts: readonly string[];
  readonly #places: ReadonlyMap<string, number>;
  /** Tasks that hosts may still come to, in the order in which the first host came to them. */
  readonly #tasks = new Map<string, Task>();
  /** Hosts that are not at the end of the play, with the tasks that they have passed. */
  readonly #atWork: Map<string, Set<Task>>;

  /** `hosts` in the order in which they are told of. */
  constructor(hosts: readonly string[]) {
    this.#hosts = hosts;
    this.#places = new Map(hosts.map((name, place) => [name, place]));
    this.#atWork = new Map(hosts.map((name) => [name, new Set()]));
  }

  /** Takes in that a host has passed a task, and with `told` what came of it; answers what can be told now. */
  add(event: TaskFinished, told: boolean): readonly Result[] {
    const key = `${event.task.id} ${event.task.item ?? ''}`;
    const task = this.#tasks.get(key) ?? { results: new Map<string, Same>(), passed: 0 };
    this.#tasks.set(key, task);
    if (told) this.#keep(event, task);
    const own = this.#atWork.get(event.host);
    if (own && !own.has(task)) {
      own.add(task);
      task.passed += 1;
    }
    return this.#passedByAll();
  }

  /** Takes in that a host is at the end of the play; answers what can be told now. */
  pass(host: string): readonly Result[] {
    for (const task of this.#atWork.get(host) ?? []) task.passed -= 1;
    this.#atWork.delete(host);
    return this.#passedByAll();
  }

  /** All that was not answered yet. */
  rest(): readonly Result[] {
    const results = [...this.#tasks.values()].flatMap((task) => this.#resultsOf(task));
    this.#tasks.clear();
    return results;
  }

  #keep(event: TaskFinished, { results }: Task): void {
    const place = this.#places.get(event.host) ?? this.#hosts.length;
    const key = keyOf(event);
    const same = results.get(key);
    if (!same) results.set(key, { first: event, firstPlace: place, places: [place] });
    else {
      same.places.push(place);
      if (place >= same.firstPlace) return;
      same.first = event;
      same.firstPlace = place;
    }
  }

  /** The first tasks, up to one that a host may still come to. */
  #passedByAll(): readonly Result[] {
    const results: Result[] = [];
    for (const [key, task] of this.#tasks) {
      if (task.passed < this.#atWork.size) break;
      this.#tasks.delete(key);
      results.push(...this.#resultsOf(task));
    }
    return results;
  }

  #resultsOf({ results }: Task): readonly Result[] {
    return [...results.values()]
      .sort((a, b) => a.firstPlace - b.firstPlace)
      .map(({ first, places }) => ({
        first,
        hosts: places.sort((a, b) => a - b).map((place) => this.#hosts[place] ?? first.host),
      }));
  }
}

/** Equal for results that are told alike. A hash: changes may be as long as the files that they change. */
function keyOf({ status, changes, reason, message, diagnostic }: TaskFinished): string {
  const told = JSON.stringify([status, changes, reason, message, diagnostic?.code, diagnostic?.summary]);
  return told.length < 100 ? told : hash('sha256', told, 'base64');
}
