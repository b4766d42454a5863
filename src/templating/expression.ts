import { type ASTNode, Environment } from '@marcbachmann/cel-js';

/** What `defined(name)` is given for a name that does not exist. */
export const MISSING = '\u0000missing';

/** Macros whose first argument names a variable of their own. */
const binding = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
}).registerFunction('defined(dyn): bool', (value: unknown) => value !== MISSING);

/** A parsed expression: runs against a context of native CEL values. */
export type Expression = ReturnType<typeof environment.parse>;
export type Node = ASTNode;

const parsed = new Map<string, Expression>();

/** Parses an expression; cached by its text. Throws cel-js's ParseError. */
export function parseExpression(text: string): Expression {
  const known = parsed.get(text);
  if (known) return known;
  const expression = environment.parse(text);
  parsed.set(text, expression);
  return expression;
}

/** The expression of a part of another one, out of its text: cel-js's `serialize` loses brackets, as in `a - (b - c)`. */
export function partExpression(node: Node): Expression {
  const text = node.input.slice(node.start, node.end);
  // A node begins after the brackets of its first operand, and ends before those of its last.
  let depth = 0;
  let missing = 0;
  for (const bracket of text.replace(STRINGS, '').replace(/[^()]/g, '')) {
    depth += bracket === '(' ? 1 : -1;
    missing = Math.max(missing, -depth);
  }
  return parseExpression('('.repeat(missing) + text + ')'.repeat(depth + missing));
}

const STRINGS = /(?:'''[\s\S]*?'''|"""[\s\S]*?"""|r?'(?:\\.|[^'\\])*'|r?"(?:\\.|[^"\\])*")/g;

/** A name that an expression reads, and whether it is only asked for by `defined`. */
export interface FreeName {
  readonly name: string;
  readonly guarded: boolean;
}

/** Names that an expression reads from outside; a macro's own variable is not one. */
export function freeNames(node: Node): readonly FreeName[] {
  const found = new Map<string, boolean>();
  visit(node, new Set(), (name, guarded) => found.set(name, (found.get(name) ?? false) || guarded));
  return [...found].map(([name, guarded]) => ({ name, guarded }));
}

function visit(
  value: unknown,
  bound: ReadonlySet<string>,
  found: (name: string, guarded: boolean) => void,
): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, bound, found);
    return;
  }
  if (typeof value !== 'object' || value === null || !('op' in value)) return;
  const { op, args } = value as { op: string; args: unknown };
  if (op === 'id') {
    if (!bound.has(String(args))) found(String(args), false);
  } else if (op === 'value') {
    return;
  } else if (op === 'call' && Array.isArray(args) && args[0] === 'defined') {
    visit(args[1], bound, (name) => found(name, true));
  } else if (op === 'rcall' && Array.isArray(args) && binding.has(String(args[0]))) {
    const [, receiver, params] = args as [string, unknown, readonly unknown[]];
    visit(receiver, bound, found);
    const own = params[0] as { op?: string; args?: unknown } | undefined;
    visit(params.slice(1), own?.op === 'id' ? new Set([...bound, String(own.args)]) : bound, found);
  } else {
    visit(args, bound, found);
  }
}
