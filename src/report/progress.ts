import { stripVTControlCharacters } from 'node:util';
import type { Event, TaskRef } from '../model/event.ts';

/** What a host does at the moment. */
export interface HostProgress {
  readonly host: string;
  readonly doing: string;
  /** When it began to, in ms. */
  readonly sinceMs: number;
  /** Tasks that are done in this play, handlers left out, and all of them. */
  readonly done: number;
  readonly tasks: number;
  /** Last line that the task printed. */
  readonly said: string;
}

interface AtWork extends Mutable<HostProgress> {
  /** Key of the task that is under way; empty between tasks. */
  task: string;
  readonly finished: Set<string>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Follows a run's events: the play, its hosts that are at work, and how many wait or are done. */
export class Progress {
  play = '';
  waiting = 0;
  ended = 0;
  readonly #atWork = new Map<string, AtWork>();
  readonly #connected = new Set<string>();

  /** Hosts at work, in the order in which they began. */
  get hosts(): readonly HostProgress[] {
    return [...this.#atWork.values()];
  }

  /** Takes an event in; `nowMs` is when it came. */
  follow(event: Event, nowMs: number): void {
    if (event.event === 'play_started') this.#beginPlay(event.play, event.hosts.length);
    if (event.event === 'host_started') this.#beginHost(event.host, event.tasks, nowMs);
    if (event.event === 'host_connected') this.#connected.add(event.host);
    if (event.event === 'host_finished' && this.#atWork.delete(event.host)) this.ended += 1;
    const host = 'host' in event ? this.#atWork.get(event.host) : undefined;
    if (!host) return;
    if (event.event === 'host_connected') rest(host, nowMs);
    if (event.event === 'task_started') begin(host, event.task, nowMs);
    if (event.event === 'task_output') host.said = lastLine(event.text) || host.said;
    if (event.event === 'task_finished') finish(host, event.task, nowMs);
  }

  #beginPlay(play: string, hosts: number): void {
    this.play = play;
    this.waiting = hosts;
    this.ended = 0;
    this.#atWork.clear();
  }

  #beginHost(host: string, tasks: number, nowMs: number): void {
    this.waiting -= 1;
    const doing = this.#connected.has(host) ? 'inspecting' : 'connecting';
    const finished = new Set<string>();
    this.#atWork.set(host, { host, doing, sinceMs: nowMs, done: 0, tasks, said: '', task: '', finished });
  }
}

function begin(host: AtWork, task: TaskRef, nowMs: number): void {
  const key = `${task.id} ${task.item ?? ''}`;
  // Attempts of one `until` are one task.
  if (host.task === key) return;
  host.task = key;
  host.doing = task.item === undefined ? task.label : `${task.label} (${task.item})`;
  host.sinceMs = nowMs;
  host.said = '';
}

function finish(host: AtWork, task: TaskRef, nowMs: number): void {
  if (!task.handler) host.finished.add(task.id);
  host.done = Math.min(host.finished.size, host.tasks);
  if (host.task !== '') rest(host, nowMs);
}

/** Between tasks a host is asked what it holds. */
function rest(host: AtWork, nowMs: number): void {
  host.task = '';
  host.doing = 'inspecting';
  host.sinceMs = nowMs;
  host.said = '';
}

/** What a terminal would show of the last line that is not empty, without anything that moves its cursor. */
const lastLine = (text: string): string =>
  stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\p{Cc}/gu, ' ').trim())
    .findLast((line) => line !== '') ?? '';
