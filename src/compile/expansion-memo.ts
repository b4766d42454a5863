import type { Expansion } from '../model/compiled.ts';
import type { AnyModule } from '../modules/module.ts';
import type { TaskScope } from './task-scope.ts';

/** What names stood for when they were read: the very tree or value, before it was rendered. */
type Reads = ReadonlyMap<string, unknown>;

/** More than the hosts that are worked on at the same time, so that what differs between them is kept for its turn, too. */
const MOST_KEPT = 64;

/**
 * Expansions of one task. An expansion hangs on nothing but the names that it reads; where they stand for the same trees
 * and values again (on another host, or when the task's turn comes), it is the same, and nothing is rendered or parsed
 * anew. So a fleet of equal hosts costs one expansion and not one a host; at most `MOST_KEPT` are kept.
 */
export class ExpansionMemo {
  /** The newest last. */
  readonly #kept: { readonly reads: Reads; readonly expansion: Expansion<AnyModule> }[] = [];

  /** The expansion in a scope; `expand` makes one, and adds to `reads` what other scopes of its own have read. */
  of(scope: TaskScope, expand: (reads: Map<string, unknown>) => Expansion<AnyModule>): Expansion<AnyModule> {
    const known = this.#kept.findLast(({ reads }) => holds(reads, scope));
    if (known) return known.expansion;
    const reads = new Map<string, unknown>();
    const expansion = expand(reads);
    for (const [name, stood] of scope.reads()) reads.set(name, stood);
    if (expansion.kind === 'faulty') return expansion;
    if (this.#kept.length >= MOST_KEPT) this.#kept.shift();
    this.#kept.push({ reads, expansion });
    return expansion;
  }
}

function holds(reads: Reads, scope: TaskScope): boolean {
  for (const [name, stood] of reads) if (!Object.is(scope.bindingOf(name), stood)) return false;
  return true;
}
