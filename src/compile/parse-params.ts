import type * as z from 'zod';
import { didYouMean, nearestName } from '../diagnostics/did-you-mean.ts';
import { fault } from '../diagnostics/trouble.ts';
import type { Diagnostic } from '../model/source.ts';
import type { Tree } from '../model/tree.ts';
import type { AnyModule } from '../modules/module.ts';
import { placeOf, placeOfKey } from './place-of.ts';

type Parsed =
  | { readonly kind: 'value'; readonly want: unknown }
  | { readonly kind: 'faulty'; readonly diagnostics: readonly Diagnostic[] };

/**
 * Parses rendered parameters by a module's schema. A scalar of another type than the schema wants is converted where that
 * is plain (the text "80" to a number, 80 to a text, "yes" to true), as users of Ansible expect of templates.
 */
export function parseParams(
  module: AnyModule,
  params: Readonly<Record<string, unknown>>,
  tree: Tree,
): Parsed {
  const key = keyOf(params);
  if (key === undefined) return parseNow(module, params, tree);
  const known = before.get(tree) ?? new Map<string, Parsed>();
  before.set(tree, known);
  const same = known.get(key);
  if (same) return same;
  const parsed = parseNow(module, params, tree);
  if (parsed.kind === 'faulty') return parsed;
  if (known.size >= MOST_KEPT) known.clear();
  known.set(key, parsed);
  return parsed;
}

/** What came of a task's parameters, by their values: most hosts have the same, where only what is in a file differs. */
const before = new WeakMap<Tree, Map<string, Parsed>>();
const MOST_KEPT = 64;
const LONGEST_KEY = 2000;

/** What tells parameters from others; undefined for what JSON cannot tell apart, and for long ones. */
function keyOf(params: Readonly<Record<string, unknown>>): string | undefined {
  let isTold = true;
  const key = JSON.stringify(params, (_name, value: unknown) => {
    isTold &&= isOfJson(value);
    return isTold ? value : null;
  });
  return isTold && key.length <= LONGEST_KEY ? key : undefined;
}

/** True for a value that JSON writes as itself and as no other; what is inside of it aside. */
function isOfJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean';
  return value === null || Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function parseNow(module: AnyModule, params: Readonly<Record<string, unknown>>, tree: Tree): Parsed {
  let input: unknown = params;
  for (let turn = 0; ; turn++) {
    const parsed = module.params.safeParse(input, manner(module));
    if (parsed.success) return { kind: 'value', want: parsed.data };
    const mended = turn < MOST_TURNS ? mend(input, parsed.error.issues) : undefined;
    if (mended === undefined) {
      return {
        kind: 'faulty',
        diagnostics: causes(parsed.error.issues, input).flatMap((issue) =>
          diagnose(module, issue, input, tree),
        ),
      };
    }
    input = mended;
  }
}

/** From so many parsings on it pays that Zod writes a program for a schema and has it compiled: for fleets, not for a few hosts. */
const OFTEN = 200;
const parsings = new WeakMap<AnyModule, number>();

/** How Zod is to go about the next parsing by a module's schema. */
function manner(module: AnyModule): { readonly jitless: boolean } {
  const before = parsings.get(module) ?? 0;
  parsings.set(module, before + 1);
  return { jitless: before < OFTEN };
}

/** Schemas show what is wrong deeper down once what is further up is right; no deeper than this. */
const MOST_TURNS = 20;

type Issue = z.core.$ZodIssue;

/** The input with every scalar converted that would then fit; undefined where none would. */
function mend(input: unknown, issues: readonly Issue[]): unknown {
  return issues.reduce<unknown>((mended, issue) => {
    const found = at(input, issue.path);
    const converted = expectedTypes(issue)
      .map((expected) => convert(found, expected))
      .find((one) => one !== undefined);
    return converted === undefined ? mended : withValue(mended ?? input, issue.path, converted);
  }, undefined);
}

function expectedTypes(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_type') return [issue.expected];
  if (issue.code !== 'invalid_union') return [];
  return issue.errors.flatMap((branch) =>
    branch.flatMap((inner) =>
      inner.path.length === 0 && inner.code === 'invalid_type' ? [inner.expected] : [],
    ),
  );
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

function convert(found: unknown, expected: string): unknown {
  if (typeof found === 'string') {
    if (
      (expected === 'number' || expected === 'int') &&
      found.trim() !== '' &&
      Number.isFinite(Number(found))
    )
      return Number(found);
    if (expected === 'boolean') return words[found.trim().toLowerCase()];
  }
  return expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')
    ? String(found)
    : undefined;
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

function withValue(value: unknown, path: readonly PropertyKey[], leaf: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return leaf;
  if (Array.isArray(value))
    return value.map((item, index) => (index === first ? withValue(item, rest, leaf) : item));
  const map = typeof value === 'object' && value !== null ? value : {};
  return { ...map, [first]: withValue(Reflect.get(map, first), rest, leaf) };
}

/** Issues without what only comes of a misspelt name: that the right one is missing, or that the whole does not fit. */
function causes(issues: readonly Issue[], input: unknown): readonly Issue[] {
  const misspelt = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  if (misspelt.length === 0) return issues;
  return issues.filter((issue) => {
    if (issue.code === 'unrecognized_keys') return true;
    const name = issue.path.at(-1);
    if (name === undefined) return false;
    return at(input, issue.path) !== undefined || !misspelt.some((one) => nearestName(one, [String(name)]));
  });
}

function diagnose(module: AnyModule, issue: Issue, input: unknown, tree: Tree): readonly Diagnostic[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(module, issue.path);
    return issue.keys.map((key) =>
      fault(
        'unknown-parameter',
        `${module.name} has no parameter '${[...issue.path.map(String), key].join('.')}'.`,
        {
          place: placeOfKey(tree, issue.path, key),
          help: didYouMean(key, known) ?? `See: troupe module ${module.name}`,
        },
      ),
    );
  }
  const missing = issue.path.length > 0 && at(input, issue.path) === undefined;
  return [
    missing
      ? fault('missing-parameter', `${module.name} needs the parameter '${path}'.`, {
          place: tree.place,
          help: `See: troupe module ${module.name}`,
        })
      : fault(
          'wrong-parameter',
          `${module.name}${path ? `: ${path}` : ''}: ${issue.message.replace(/\.?$/, '.')}`,
          {
            place: placeOf(tree, issue.path),
            help: `See: troupe module ${module.name}`,
          },
        ),
  ];
}

/** Names that a module's schema knows at a path; just the top ones are needed for good hints. */
function knownKeys(module: AnyModule, path: readonly PropertyKey[]): readonly string[] {
  const shape: unknown = Reflect.get(module.params, 'shape');
  return path.length === 0 && typeof shape === 'object' && shape !== null ? Object.keys(shape) : [];
}
