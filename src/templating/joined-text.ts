import type { Value } from '../model/value.ts';
import { outermost } from './frame.ts';
import { namedValue } from './named-value.ts';
import type { Scope } from './scope.ts';

/** What such a template is made of: texts, and places of names. */
interface Joined {
  readonly names: readonly hbs.AST.PathExpression[];
  readonly parts: readonly (string | number)[];
}

/** `false` for what is more than texts and names. */
const known = new WeakMap<hbs.AST.Program, Joined | false>();

/**
 * The text of a template that is just texts and names with a text, a number or a boolean each, which most are on every host;
 * undefined for any other, which the interpreter renders, or has something to say against.
 */
export function joinedText(program: hbs.AST.Program, scope: Scope): string | undefined {
  let joined = known.get(program);
  if (joined === undefined) {
    joined = joinedOf(program);
    known.set(program, joined);
  }
  if (!joined) return undefined;
  const values: Value[] = [];
  for (const name of joined.names) {
    const value = namedValue(name, outermost, scope);
    if (!hasText(value)) return undefined;
    values.push(value);
  }
  return joined.parts.map((part) => (typeof part === 'string' ? part : values[part])).join('');
}

const hasText = (value: Value | undefined): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function joinedOf({ body }: hbs.AST.Program): Joined | false {
  const places = new Map<string, number>();
  const names: hbs.AST.PathExpression[] = [];
  const parts: (string | number)[] = [];
  for (const statement of body) {
    if (statement.type === 'ContentStatement') {
      parts.push((statement as hbs.AST.ContentStatement).value);
      continue;
    }
    const { type, path, params, hash } = statement as hbs.AST.MustacheStatement;
    if (type !== 'MustacheStatement' || path.type !== 'PathExpression' || params.length > 0 || hash)
      return false;
    const name = path as hbs.AST.PathExpression;
    const place = places.get(name.original) ?? names.length;
    if (place === names.length) names.push(name);
    places.set(name.original, place);
    parts.push(place);
  }
  return { names, parts };
}
