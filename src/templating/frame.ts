import { isMap, isUnknown, type Value } from '../model/value.ts';
import type { Scope } from './scope.ts';

/** What names mean at one point of a template: the innermost `each` or `with`, those around it, then the scope. */
export interface Frame {
  /** `this`; undefined outside any block. */
  readonly context?: Value;
  readonly blockParams: Readonly<Record<string, Value>>;
  /** `@index`, `@key`, `@first`, `@last`. */
  readonly data: Readonly<Record<string, Value>>;
  readonly parent?: Frame;
}

export const outermost: Frame = { blockParams: {}, data: {} };

/**
 * A name, innermost first. Unlike in plain Handlebars, a name that an item does not have is looked for further out, so that
 * `{{#each services}}{{vip}}{{/each}}` finds the playbook's variable.
 */
export function nameIn(frame: Frame, name: string, scope: Scope): Value | undefined {
  for (let at: Frame | undefined = frame; at; at = at.parent) {
    if (Object.hasOwn(at.blockParams, name)) return at.blockParams[name];
    if (isMap(at.context) && Object.hasOwn(at.context, name)) return at.context[name];
  }
  return scope.get(name);
}

/** A data variable such as `@index`, innermost first. */
export function dataIn(frame: Frame, name: string): Value | undefined {
  for (let at: Frame | undefined = frame; at; at = at.parent) {
    if (Object.hasOwn(at.data, name)) return at.data[name];
  }
  return undefined;
}

/** A part of a value: a map's own entry or a list's item. Of an unknown, everything is unknown. */
export function partOf(value: Value | undefined, key: string): Value | undefined {
  if (isUnknown(value)) return value;
  if (Array.isArray(value)) {
    if (key === 'length') return value.length;
    return /^\d+$/.test(key) ? (value as readonly Value[])[Number(key)] : undefined;
  }
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
