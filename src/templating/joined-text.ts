import type { Value } from '../model/value.ts';
import { outermost } from './frame.ts';
import { namedValue } from './named-value.ts';
import type { Scope } from './scope.ts';

/** A text, or a name whose value stands in its place. */
type Part = string | hbs.AST.PathExpression;

/** `false` for what is more than texts and names. */
const parts = new WeakMap<hbs.AST.Program, readonly Part[] | false>();

/**
 * The text of a template that is just texts and names with a text, a number or a boolean each, which most are on every host;
 * undefined for any other, which the interpreter renders, or has something to say against.
 */
export function joinedText(program: hbs.AST.Program, scope: Scope): string | undefined {
  let all = parts.get(program);
  if (all === undefined) {
    all = partsOf(program);
    parts.set(program, all);
  }
  if (!all) return undefined;
  let text = '';
  for (const part of all) {
    const value = typeof part === 'string' ? part : namedValue(part, outermost, scope);
    if (!hasText(value)) return undefined;
    text += value;
  }
  return text;
}

const hasText = (value: Value | undefined): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function partsOf({ body }: hbs.AST.Program): readonly Part[] | false {
  const all: Part[] = [];
  for (const statement of body) {
    if (statement.type === 'ContentStatement') all.push((statement as hbs.AST.ContentStatement).value);
    else {
      const { type, path, params, hash } = statement as hbs.AST.MustacheStatement;
      if (type !== 'MustacheStatement' || path.type !== 'PathExpression' || params.length > 0 || hash)
        return false;
      all.push(path as hbs.AST.PathExpression);
    }
  }
  return all;
}
