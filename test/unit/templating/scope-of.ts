import type { Diagnostic, Place } from '../../../src/model/source.ts';
import type { Value } from '../../../src/model/value.ts';
import type { Rendered } from '../../../src/templating/outcome.ts';
import type { Scope } from '../../../src/templating/scope.ts';

/** Where the texts of these tests are said to stand. */
export const HERE: Place = { file: 'site.yml', line: 7, column: 11 };

/** A scope of plain values. */
export const scopeOf = (values: Readonly<Record<string, Value>>): Scope => ({
  get: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
  names: () => Object.keys(values),
});

/** The value of what was rendered; fails the test where it is faulty. */
export function valueIn(rendered: Rendered): Value {
  if (rendered.kind === 'value') return rendered.value;
  throw new Error(rendered.diagnostics.map(({ code, summary }) => `${code}: ${summary}`).join('\n'));
}

/** The faults of what was rendered; none where it has a value. */
export const faultsIn = (rendered: { readonly kind: string } | Rendered): readonly Diagnostic[] =>
  'diagnostics' in rendered ? rendered.diagnostics : [];
