import type { Probe } from '../model/probe.ts';
import { type Unknown, unknown } from '../model/value.ts';
import { administrators } from './overlay-absence.ts';

/** Packages and kernel modules of which nobody said what they bring, or take with them. */
export class Undeclared {
  readonly #bringing: string[] = [];
  readonly #taking: string[] = [];
  readonly #modules: string[] = [];

  installs(packages: readonly string[]): void {
    this.#bringing.push(...packages);
  }

  uninstalls(packages: readonly string[]): void {
    this.#taking.push(...packages);
  }

  loads(module: string): void {
    this.#modules.push(module);
  }

  /** Why something that is not there may be there by then. */
  mayCome(probe: Probe): Unknown | undefined {
    if (probe.kind === 'sysctl') {
      const module = this.#modules.at(-1);
      return module === undefined ? undefined : unknown(`it may come with the kernel module ${module}`);
    }
    if (this.#bringing.length === 0 || probe.kind === 'package' || probe.kind === 'here') return undefined;
    if ((probe.kind === 'stat' || probe.kind === 'readFile') && administrators(probe.path)) return undefined;
    return unknown(`it may come with the package ${this.#bringing.join(', ')}`);
  }

  /** Why something that is there may be gone by then. */
  mayGo(probe: Probe): Unknown | undefined {
    if (this.#taking.length === 0 || probe.kind === 'package' || probe.kind === 'sysctl') return undefined;
    if (probe.kind === 'capture' || probe.kind === 'here') return undefined;
    if ('path' in probe && (administrators(probe.path) || probe.path.startsWith('/etc/'))) return undefined;
    return unknown(`it may go with the package ${this.#taking.join(', ')}`);
  }
}
