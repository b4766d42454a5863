import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { isMap, type Value } from '../model/value.ts';
import { dataIn, type Frame, nameIn, partOf } from './frame.ts';
import type { Scope } from './scope.ts';

/** What a path such as `a.b`, `this.b`, `../a` or `@index` means; undefined where there is no such thing. */
export function namedValue(path: hbs.AST.PathExpression, frame: Frame, scope: Scope): Value | undefined {
  const { value, rest } = rootOf(path, frame, scope);
  return rest.reduce<Value | undefined>(partOf, value);
}

/** What to say of a path that means nothing: the first part of it that is missing. */
export function missingPart(
  path: hbs.AST.PathExpression,
  frame: Frame,
  scope: Scope,
): { readonly summary: string; readonly help: string } {
  const { name, value, rest } = rootOf(path, frame, scope);
  if (value === undefined) {
    return {
      summary: `The variable '${name}' is not defined.`,
      help: /^@|^this$/.test(name)
        ? 'It exists only inside {{#each}} or {{#with}}.'
        : (didYouMean(name, [...namesAround(frame), ...scope.names()]) ??
          'Give it a value in the inventory, the play or the role, or use default.'),
    };
  }
  let holder = name;
  let at: Value | undefined = value;
  for (const part of rest) {
    const inner = partOf(at, part);
    if (inner === undefined) {
      const near = isMap(at) ? didYouMean(part, Object.keys(at)) : undefined;
      return {
        summary: `'${path.original}' is not defined: there is no '${part}' in '${holder}'.`,
        help: near ?? 'Use default for what may be missing.',
      };
    }
    [holder, at] = [`${holder}.${part}`, inner];
  }
  return { summary: `'${path.original}' is not defined.`, help: 'Use default for what may be missing.' };
}

/** The value that a path starts at, under its name, and the parts that lead on from there. */
function rootOf(path: hbs.AST.PathExpression, frame: Frame, scope: Scope) {
  const [first, ...rest] = path.parts;
  let at: Frame = frame;
  for (let up = 0; up < path.depth; up++) at = at.parent ?? at;
  if (path.data) {
    const [name, ...more] = first === 'root' ? rest : [];
    if (name !== undefined) return { name, value: scope.get(name), rest: more };
    return { name: `@${first}`, value: first === undefined ? undefined : dataIn(at, first), rest };
  }
  if (first === undefined || OF_THIS.test(path.original))
    return { name: 'this', value: at.context, rest: path.parts };
  return { name: first, value: nameIn(at, first, scope), rest };
}

const OF_THIS = /^(?:\.\.\/)*(?:this(?:[./]|$)|\.\/)/;

function namesAround(frame: Frame): readonly string[] {
  const own = [
    ...Object.keys(frame.blockParams),
    ...(isMap(frame.context) ? Object.keys(frame.context) : []),
  ];
  return frame.parent ? [...own, ...namesAround(frame.parent)] : own;
}
