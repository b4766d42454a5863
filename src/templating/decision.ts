import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { fault } from '../diagnostics/trouble.ts';
import type { Ruling } from '../model/compiled.ts';
import type { Diagnostic, Place } from '../model/source.ts';
import { isUnknown, type Unknown, type Value } from '../model/value.ts';
import { type Expression, MISSING, type Node, parseExpression, partExpression } from './expression.ts';
import { fromNative, lazily, Touched } from './native.ts';
import type { Rendered } from './outcome.ts';
import type { Scope } from './scope.ts';

/** Evaluates a CEL expression. What hangs on something unknown is unknown; `&&`, `||`, `!` and `?:` as in Kleene's logic. */
export function decide(text: string, place: Place, scope: Scope): Rendered {
  if (/\{\{.*\}\}/s.test(text))
    return faulty(
      'template-in-condition',
      'A condition is written without {{ }}.',
      place,
      'Name the variable as it is: vip != "" instead of "{{vip}}" != "".',
    );
  let expression: Expression;
  try {
    expression = parseExpression(text);
  } catch (error) {
    return faulty(
      'condition-syntax',
      `The condition cannot be read: ${firstLine(error)}`,
      place,
      hintFor(text),
    );
  }
  const missing = expression.names.filter(({ name, guarded }) => !guarded && scope.get(name) === undefined);
  if (missing.length > 0)
    return { kind: 'faulty', diagnostics: missing.map(({ name }) => undefinedIn(text, name, place, scope)) };
  try {
    return { kind: 'value', value: evaluate(expression.ast, scope) };
  } catch (error) {
    return faulty(
      'condition-failed',
      `The condition ${text} cannot be decided: ${firstLine(error)}`,
      place,
      helpFor(error),
    );
  }
}

/** Decides a condition: true, false, or not known yet. Anything but true or false is a fault. */
export function rule(text: string, place: Place, scope: Scope): Ruling {
  const decided = decide(text, place, scope);
  if (decided.kind === 'faulty') return decided;
  if (isUnknown(decided.value)) return { kind: 'unknown', reason: decided.value.reason };
  if (typeof decided.value === 'boolean') return { kind: 'decided', value: decided.value };
  const found = JSON.stringify(decided.value);
  return {
    kind: 'faulty',
    diagnostics: [
      fault('condition-type', `The condition ${text} is neither true nor false, but ${found}.`, {
        place,
        help: 'Compare it with something, for instance: size(list) > 0.',
      }),
    ],
  };
}

/** True where a condition reads a name; false where it cannot be read itself. */
export function readsName(text: string, name: string): boolean {
  try {
    return parseExpression(text).names.some((one) => one.name === name);
  } catch {
    return false;
  }
}

function evaluate(node: Node, scope: Scope): Value {
  const { op, args } = node as { op: string; args: unknown };
  if (op === '&&' || op === '||') return both(args as readonly Node[], op === '||', scope);
  if (op === '!_') {
    const value = evaluate(args as Node, scope);
    return isUnknown(value) ? value : !truthOf(value);
  }
  if (op === '?:') {
    const [condition, yes, no] = args as readonly [Node, Node, Node];
    const value = evaluate(condition, scope);
    if (isUnknown(value)) return value;
    return evaluate(truthOf(value) ? yes : no, scope);
  }
  return leaf(node, scope);
}

/** `&&` and `||`: the side that decides wins, also over one that is unknown; the left one is looked at first. */
function both(sides: readonly Node[], decisive: boolean, scope: Scope): Value {
  let pending: Unknown | undefined;
  for (const side of sides) {
    const value = evaluate(side, scope);
    if (value === decisive) return decisive;
    if (isUnknown(value)) pending ??= value;
    else truthOf(value);
  }
  return pending ?? !decisive;
}

function truthOf(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new Error(`${JSON.stringify(value)} is neither true nor false`);
}

function leaf(node: Node, scope: Scope): Value {
  const { run, names } = partExpression(node);
  const nameOf = new Map(names.map(({ id, name }) => [id, name]));
  try {
    const context = lazily([...nameOf.keys()], (id) => orMissing(scope.get(nameOf.get(id) ?? id)));
    return fromNative(run(context));
  } catch (error) {
    const touched = touchedIn(error);
    if (touched) return touched.value;
    throw error;
  }
}

/** Null is a value like any other. */
const orMissing = (value: Value | undefined): Value => (value === undefined ? MISSING : value);

/** cel-js wraps what a getter throws. */
function touchedIn(error: unknown): Touched | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof Touched) return at;
  return undefined;
}

const undefinedIn = (text: string, name: string, place: Place, scope: Scope): Diagnostic =>
  fault('undefined-variable', `The variable '${name}' in the condition ${text} is not defined.`, {
    place,
    help:
      hintFor(text) ??
      didYouMean(name, scope.names()) ??
      `Give it a value, or ask for it with defined(${name}).`,
  });

/** What somebody who knows Ansible's Jinja would write, and how CEL has it. */
function hintFor(text: string): string | undefined {
  const bare = text.replace(/'[^']*'|"[^"]*"/g, "''");
  return JINJA.find(([spelling]) => spelling.test(bare))?.[1];
}

const JINJA: readonly (readonly [RegExp, string])[] = [
  [/\bis\s+(not\s+)?(defined|undefined)\b/, 'Write defined(name), or has(map.key).'],
  [/\bis\s+(not\s+)?none\b/i, 'Write name == null, or name != null.'],
  [/\bis\s+(not\s+)?(match|search|regex)\b/, 'Write name.matches("regex").'],
  [
    /\bis\s+(not\s+)?(changed|failed|skipped|succeeded|success)\b/,
    'Write result.changed, result.failed or result.skipped, with ! for not: !result.failed for succeeded.',
  ],
  [/\bis\b/, 'Conditions are CEL, which has no "is": compare with == or call a function.'],
  [/\b(and|or|not)\b/, 'Conditions are CEL: write && for and, || for or, ! for not.'],
  [/[^|]\|[^|]/, 'Conditions are CEL, which has no filters: size(list) instead of list | length.'],
  [/\b(True|False|None)\b/, 'Conditions are CEL: write true, false and null.'],
  [/\bansible_(facts|os_family|distribution\w*)\b/, 'Facts are under facts: facts.os.family == "debian".'],
];

const helpFor = (error: unknown): string | undefined =>
  /No such key/.test(firstLine(error))
    ? 'Ask for what may be missing with has(map.key), or "key" in map.'
    : undefined;

const firstLine = (error: unknown): string =>
  ((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '').replace(/\.?$/, '.');

const faulty = (code: string, summary: string, place: Place, help: string | undefined): Rendered => ({
  kind: 'faulty',
  diagnostics: [fault(code, summary, { place, ...(help === undefined ? {} : { help }) })],
});
