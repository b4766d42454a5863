import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { ParseOnce } from './parse-once.ts';

/** What `defined(name)` is given for a name that does not exist. */
export const MISSING = '\u0000missing';

/** Macros whose first argument names a variable of their own. */
const binding = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
}).registerFunction('defined(dyn): bool', (value: unknown) => value !== MISSING);

export type Node = ASTNode;

/** A parsed expression. */
export interface Expression {
  /** Runs it against a context of native CEL values. */
  readonly run: ReturnType<typeof environment.parse>;
  readonly ast: Node;
  /** Names that it reads from outside; a macro's own variable is not one. */
  readonly names: readonly FreeName[];
}

/** The expressions of a run and the parts that they are decided by. */
export const expressions = new ParseOnce((text): Expression => {
  const first = environment.parse(text);
  const renamed = renameTaken(text, first.ast);
  const run = renamed === text ? first : environment.parse(renamed);
  return { run, ast: run.ast, names: freeNames(run.ast) };
});

/** Parses an expression, once for each text. Throws cel-js's ParseError. */
export const parseExpression = (text: string): Expression => expressions.of(text);

/** Names that cel-js gives a meaning of its own, which would hide a playbook's variable: the types, and its namespaces. */
const TAKEN = new Set(
  'bool bytes cel double google int list map null_type optional string type uint'.split(' '),
);
const OWN = 'own__';

function renameTaken(text: string, ast: Node): string {
  const starts = new Set<number>();
  visit(ast, new Set(), ({ name, start }) => TAKEN.has(name) && starts.add(start));
  return [...starts]
    .sort((a, b) => b - a)
    .reduce((renamed, start) => renamed.slice(0, start) + OWN + renamed.slice(start), text);
}

const parts = new WeakMap<Node, Expression>();

/** The expression of a part of another one, out of its text: cel-js's `serialize` loses brackets, as in `a - (b - c)`. */
export function partExpression(node: Node): Expression {
  const known = parts.get(node);
  if (known) return known;
  const part = parseExpression(partText(node));
  parts.set(node, part);
  return part;
}

function partText(node: Node): string {
  const text = node.input.slice(node.start, node.end);
  // A node begins after the brackets of its first operand, and ends before those of its last.
  let depth = 0;
  let missing = 0;
  for (const bracket of text.replace(STRINGS, '').replace(/[^()]/g, '')) {
    depth += bracket === '(' ? 1 : -1;
    missing = Math.max(missing, -depth);
  }
  return '('.repeat(missing) + text + ')'.repeat(depth + missing);
}

const STRINGS = /(?:'''[\s\S]*?'''|"""[\s\S]*?"""|r?'(?:\\.|[^'\\])*'|r?"(?:\\.|[^"\\])*")/g;

/** A name that an expression reads, and whether it is only asked for by `defined`. */
export interface FreeName {
  readonly name: string;
  /** The name as the parsed expression has it. */
  readonly id: string;
  readonly guarded: boolean;
}

function freeNames(node: Node): readonly FreeName[] {
  const found = new Map<string, boolean>();
  visit(node, new Set(), ({ name }, guarded) => found.set(name, (found.get(name) ?? false) || guarded));
  return [...found].map(([id, guarded]) => ({
    id,
    name: id.startsWith(OWN) ? id.slice(OWN.length) : id,
    guarded,
  }));
}

type Found = (id: { readonly name: string; readonly start: number }, guarded: boolean) => void;

function visit(value: unknown, bound: ReadonlySet<string>, found: Found): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, bound, found);
    return;
  }
  if (typeof value !== 'object' || value === null || !('op' in value)) return;
  const { op, args, start } = value as { op: string; args: unknown; start: number };
  if (op === 'id') {
    if (!bound.has(String(args))) found({ name: String(args), start }, false);
  } else if (op === 'value') {
    return;
  } else if (op === 'call' && Array.isArray(args) && args[0] === 'defined') {
    const [argument] = args[1] as readonly { op?: string }[];
    visit(args[1], bound, (id, guarded) => found(id, guarded || argument?.op === 'id'));
  } else if (op === 'rcall' && Array.isArray(args) && binding.has(String(args[0]))) {
    const [, receiver, params] = args as [string, unknown, readonly unknown[]];
    visit(receiver, bound, found);
    const own = params[0] as { op?: string; args?: unknown } | undefined;
    visit(params.slice(1), own?.op === 'id' ? new Set([...bound, String(own.args)]) : bound, found);
  } else {
    visit(args, bound, found);
  }
}
