import type { Answer, AnswerTo, Probe, UnitState } from '../model/probe.ts';
import { probeKey } from '../model/probe-makers.ts';
import type { Action, Brought, Effect, Step } from '../model/step.ts';
import { isUnknown, type Unknown, unknown } from '../model/value.ts';
import { absenceOf, isAbsent } from './overlay-absence.ts';
import { OverlayFiles } from './overlay-files.ts';
import { broughtTo, isOverwritten, packageOver } from './overlay-packages.ts';
import { Undeclared } from './overlay-undeclared.ts';
import { unitOver } from './overlay-units.ts';

/**
 * What a host would answer once the steps so far were done: it patches the answers that the host really gives. What
 * it cannot know (something absent that an undeclared package may bring) becomes Unknown, with the reason.
 */
export class Overlay {
  readonly #files = new OverlayFiles();
  readonly #declared = new Map<string, Answer | Unknown>();
  /** Every probe that something was declared for. */
  readonly #probes = new Map<string, Probe>();
  /** What packages bring, where the host has nothing of its own. */
  readonly #brought = new Map<string, Answer | Unknown>();
  readonly #undeclared = new Undeclared();
  /** True while nothing was laid over the host: it then answers for itself. */
  #bare = true;
  #pending = false;
  #opaque: string | undefined;
  /** Steps and effects so far. */
  #time = 0;
  /** When answers were declared. */
  readonly #declaredAt = new Map<string, number>();

  /** True once a step was applied that changes the host, or something may have changed it. */
  get pending(): boolean {
    return this.#pending;
  }

  /** The first task that does more than anybody can tell: a command, a restart, an unknown package or kernel module. */
  get opaque(): string | undefined {
    return this.#opaque;
  }

  /** Adds a step; `user` is who does it, and so owns what is new; `task` is whose step it is. */
  apply(step: Step, user = 'root', task = ''): void {
    this.#bare = false;
    if (step.changes) this.#pending = true;
    if (step.changes && isOpaque(step)) this.#opaque ??= task;
    if (step.action) this.act(step.action, user);
    for (const effect of step.effects) this.#effect(effect, user);
  }

  /** A task may change something here, and nobody knows what. */
  leaveOpen(task: string): void {
    this.#bare = false;
    this.#pending = true;
    this.#opaque ??= task;
  }

  /** Adds what an action does by itself. */
  act(action: Action, user = 'root'): void {
    this.#bare = false;
    this.#time += 1;
    this.#files.apply(action, user, this.#time);
    if (action.kind === 'remove') this.#forgetBelow(action.path);
  }

  /** Probes that steps have declared an answer to, of whatever is to come. */
  get declared(): readonly Probe[] {
    return [...this.#probes.values()];
  }

  /** The path that a probe asks for in the end, links followed as far as they are known. */
  behind(probe: Probe): string | undefined {
    if (probe.kind !== 'stat' && probe.kind !== 'readFile') return undefined;
    return this.#files.behind(probe.path, probe.kind === 'readFile' || probe.follow === true);
  }

  /** The answer as it would be; `answer` is what the host says now. */
  patch<P extends Probe>(probe: P, answer: AnswerTo<P>): AnswerTo<P> | Unknown {
    if (this.#bare && !isLink(answer)) return answer;
    this.#bare = false;
    const patched = this.#patch(probe, answer);
    return patched as AnswerTo<P> | Unknown;
  }

  #patch(probe: Probe, answer: Answer): Answer | Unknown {
    const base = this.#base(probe, answer);
    switch (probe.kind) {
      case 'stat':
        if (isUnknown(base)) return this.#isMade(probe, answer) ? this.#stat(probe, { exists: false }) : base;
        return this.#stat(probe, base);
      case 'readFile':
        if (isUnknown(base)) return this.#isMade(probe, answer) ? this.#read(probe, { exists: false }) : base;
        return this.#read(probe, base);
      case 'capture':
        return this.#isOutdated(probe) ? unknown('it hangs on what changes before it') : base;
      case 'unit':
        return unitOver(this.#files, probe.name, base as UnitState | Unknown);
      default:
        return base;
    }
  }

  #isOutdated(probe: Extract<Probe, { kind: 'capture' }>): boolean {
    if (probe.hangsOn === undefined) return false;
    if (probe.hangsOn === '/') return this.#pending;
    return this.#files.isTouched(probe.hangsOn, this.#declaredAt.get(this.#keyOf(probe)) ?? 0);
  }

  /** True where this run alone says what is at a path. */
  #isMade(probe: Extract<Probe, { readonly path: string }>, answer: Answer): boolean {
    const follow = probe.kind !== 'stat' || probe.follow === true;
    return (
      this.#files.decides(probe.path, follow) || (isAbsent(probe, answer) && this.#files.makes(probe.path))
    );
  }

  #stat(probe: Extract<Probe, { kind: 'stat' }>, base: Answer): Answer | Unknown {
    const stat = base as AnswerTo<typeof probe>;
    if (stat.exists && stat.target !== undefined && !probe.follow) this.#files.learn(probe.path, stat.target);
    return this.#files.patchStat(probe.path, probe.follow === true, stat);
  }

  #read(probe: Extract<Probe, { kind: 'readFile' }>, base: Answer): Answer | Unknown {
    return this.#files.patchRead(probe, base as AnswerTo<typeof probe>);
  }

  /** What the host says, with what steps declared of it; files of this run are still to come over it. */
  #base(probe: Probe, answer: Answer): Answer | Unknown {
    const declared = this.#declared.get(this.#keyOf(probe));
    if (declared)
      return probe.kind === 'package' && !isUnknown(declared) ? packageOver(answer, declared) : declared;
    const cover = 'path' in probe ? this.#files.coverOf(probe.path) : undefined;
    if (cover !== undefined) return unknown(cover);
    const brought = broughtTo(probe, this.#brought.get(this.#keyOf(probe)));
    if (isAbsent(probe, answer)) return brought ?? this.#mayCome(probe) ?? answer;
    if (brought && isOverwritten(probe, answer)) return brought;
    return this.#undeclared.mayGo(probe) ?? answer;
  }

  #mayCome(probe: Probe): Unknown | undefined {
    if (probe.kind === 'capture') {
      const name = probe.argv[0] ?? '';
      if (this.#brought.has(this.#keyOf({ kind: 'program', name })))
        return unknown(`${name} is installed in this run`);
    }
    return this.#undeclared.mayCome(probe);
  }

  #effect(effect: Effect, user: string): void {
    switch (effect.kind) {
      case 'acts':
        this.act(effect.action, user);
        return;
      case 'hides':
        this.#time += 1;
        this.#files.cover(effect.path, effect.reason, this.#time);
        this.#forgetBelow(effect.path);
        return;
      case 'answers':
        this.#declare(effect.probe, effect.answer);
        return;
      case 'installs':
        if (effect.brings) this.#bring(effect.brings);
        else this.#undeclared.installs(effect.packages);
        return;
      case 'uninstalls':
        for (const probe of effect.takes ?? []) this.#declare(probe, absenceOf(probe));
        if (!effect.takes) this.#undeclared.uninstalls(effect.packages);
        return;
      case 'loads':
        this.#undeclared.loads(effect.module);
        return;
    }
  }

  /** Nobody knows any more what a probe would answer; of a path nobody knows anything any more. */
  doubt(probe: Probe, reason: string): void {
    const doubted: readonly Probe[] = 'path' in probe ? everythingOf(probe.path) : [probe];
    for (const each of doubted) this.#declare(each, unknown(reason));
  }

  #declare(probe: Probe, answer: Answer | Unknown): void {
    this.#bare = false;
    this.#probes.set(this.#keyOf(probe), probe);
    // What is gone takes along what is below it.
    if ('path' in probe && !isUnknown(answer) && isAbsent(probe, answer)) {
      this.act({ kind: 'remove', path: probe.path });
      return;
    }
    if ('path' in probe) this.#files.forget(probe.path);
    this.#declared.set(this.#keyOf(probe), answer);
    this.#declaredAt.set(this.#keyOf(probe), this.#time);
  }

  #bring(brings: readonly Brought[]): void {
    for (const { probe, answer } of brings) {
      const key = this.#keyOf(probe);
      const declared = this.#declared.get(key);
      if (declared && !isUnknown(declared) && isAbsent(probe, declared)) this.#declared.delete(key);
      this.#brought.set(key, answer);
      this.#probes.set(key, probe);
      if (!('path' in probe)) continue;
      const kept = isOverwritten(probe, ABSENT)
        ? this.#files.makesDirectory(probe.path)
        : this.#files.makes(probe.path);
      if (!kept) this.#files.forget(probe.path);
    }
  }

  /**
   * A file is one thing to know, by whichever directory it is reached; and so is a package, whether or not its candidate
   * was asked for too.
   */
  #keyOf(probe: Probe): string {
    if (probe.kind === 'package') return `package ${probe.name}`;
    const isPath = probe.kind === 'stat' || probe.kind === 'readFile';
    return probeKey(isPath ? { ...probe, path: this.#files.behind(probe.path, false) } : probe);
  }

  #forgetBelow(removed: string): void {
    const path = this.#files.behind(removed, false);
    for (const key of [...this.#declared.keys(), ...this.#brought.keys()]) {
      const at = /^(?:stat (?:follow )?|readFile )(\/.*)$/.exec(key)?.[1];
      if (at === undefined || !(at === path || at.startsWith(`${path}/`))) continue;
      this.#declared.delete(key);
      this.#brought.delete(key);
    }
  }
}

const ABSENT: Answer = { exists: false };

/** What a link hides is asked for by more than one name. */
const isLink = (answer: Answer): boolean =>
  typeof answer === 'object' && answer !== null && 'target' in answer && answer.target !== undefined;

const everythingOf = (path: string): readonly Probe[] => [
  { kind: 'stat', path },
  { kind: 'stat', path, follow: true },
  { kind: 'readFile', path },
];

const isOpaque = (step: Step): boolean =>
  !step.converges ||
  step.effects.some(
    (effect) => effect.kind === 'loads' || (effect.kind === 'installs' && effect.brings === undefined),
  );
