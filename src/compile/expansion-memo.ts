import type { Expansion } from '../model/compiled.ts';
import type { AnyModule } from '../modules/module.ts';
import type { TaskScope } from './task-scope.ts';

/** What a scope tells of names: what they stand for, the very tree or value before it is rendered, and which were read. */
type Bindings = Pick<TaskScope, 'bindingOf' | 'reads'>;

/** More than the hosts that are worked on at the same time, so that what differs between them is kept for its turn, too. */
const MOST_KEPT = 64;

/** Names by what they stood for, down to what a task came to there. All that read the same names are on one branch. */
interface Node {
  expansion?: Expansion<AnyModule>;
  readonly next: Map<string, Map<unknown, Node>>;
}

/**
 * Expansions of one task. An expansion hangs on nothing but the names that it reads; where they stand for the same trees
 * and values again (on another host, or when the task's turn comes), it is the same, and nothing is rendered or parsed
 * anew. So a fleet of equal hosts costs one expansion and not one a host. After `MOST_KEPT` all are forgotten. Finding one
 * costs a look at each name that it reads, however many are kept.
 */
export class ExpansionMemo {
  #root = leaf();
  #kept = 0;

  /** The expansion in a scope; `expand` makes one, and adds to `reads` what other scopes of its own have read. */
  of(scope: Bindings, expand: (reads: Map<string, unknown>) => Expansion<AnyModule>): Expansion<AnyModule> {
    const known = find(this.#root, scope);
    if (known) return known;
    const reads = new Map<string, unknown>();
    const expansion = expand(reads);
    for (const [name, stood] of scope.reads()) reads.set(name, stood);
    if (expansion.kind !== 'faulty') this.#keep(reads, expansion);
    return expansion;
  }

  #keep(reads: ReadonlyMap<string, unknown>, expansion: Expansion<AnyModule>): void {
    if (this.#kept >= MOST_KEPT) {
      this.#root = leaf();
      this.#kept = 0;
    }
    let node = this.#root;
    for (const [name, stood] of reads) node = below(node, name, stood);
    node.expansion = expansion;
    this.#kept += 1;
  }
}

const leaf = (): Node => ({ next: new Map() });

function below({ next }: Node, name: string, stood: unknown): Node {
  const branch = next.get(name) ?? new Map<unknown, Node>();
  next.set(name, branch);
  const node = branch.get(stood) ?? leaf();
  branch.set(stood, node);
  return node;
}

function find({ expansion, next }: Node, scope: Bindings): Expansion<AnyModule> | undefined {
  if (expansion) return expansion;
  for (const [name, branch] of next) {
    const node = branch.get(scope.bindingOf(name));
    const found = node && find(node, scope);
    if (found) return found;
  }
  return undefined;
}
