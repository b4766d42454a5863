import { didYouMean } from '../diagnostics/did-you-mean.ts';
import { fault } from '../diagnostics/trouble.ts';
import { type Content, isLocal } from '../model/content.ts';
import type { FileSet, SourceFile } from '../model/playbook.ts';
import type { Diagnostic, Place } from '../model/source.ts';
import { isUnknown, type Unknown } from '../model/value.ts';
import type { AnyModule } from '../modules/module.ts';
import type { Scope } from '../templating/scope.ts';
import { renderFile } from '../templating/template.ts';
import type { RoleInstance } from './flatten.ts';

type Read =
  | { readonly kind: 'bytes'; readonly bytes: Content }
  | { readonly kind: 'unknown'; readonly value: Unknown }
  | { readonly kind: 'faulty'; readonly diagnostics: readonly Diagnostic[] };

/** A file that a task names: the role's, else the one beside the playbook or of the project. */
export function findSource(
  kind: 'templates' | 'files',
  name: string,
  role: RoleInstance | undefined,
  shared: FileSet,
): SourceFile | undefined {
  const candidates = kind === 'templates' && !name.endsWith('.hbs') ? [name, `${name}.hbs`] : [name];
  for (const set of [role?.source[kind], shared[kind]]) {
    for (const candidate of candidates) {
      const file = set?.get(candidate);
      if (file) return file;
    }
  }
  return undefined;
}

/** Bytes of the file that a module's source parameter names; a template's after rendering. */
export function readSource(
  source: NonNullable<AnyModule['source']>,
  name: string,
  place: Place,
  role: RoleInstance | undefined,
  shared: FileSet,
  scope: Scope,
): Read {
  const file = findSource(source.kind, name, role, shared);
  if (!file) return { kind: 'faulty', diagnostics: [missing(source.kind, name, place, role, shared)] };
  if (source.kind === 'files') return { kind: 'bytes', bytes: file.bytes };
  const rendered = renderFile(file.path, textOf(file), scope, partials(role, shared));
  if (rendered.kind === 'faulty') return rendered;
  if (isUnknown(rendered.value)) return { kind: 'unknown', value: rendered.value };
  return { kind: 'bytes', bytes: new TextEncoder().encode(String(rendered.value)) };
}

/** How `{{> name}}` is looked up: as a template is. */
export const partials = (role: RoleInstance | undefined, shared: FileSet) => ({
  partials: (name: string) => {
    const file = findSource('templates', name, role, shared);
    return file ? { path: file.path, text: textOf(file) } : undefined;
  },
});

/** Templates are always read. */
const textOf = ({ bytes }: SourceFile): string => (isLocal(bytes) ? '' : new TextDecoder().decode(bytes));

function missing(
  kind: 'templates' | 'files',
  name: string,
  place: Place,
  role: RoleInstance | undefined,
  shared: FileSet,
): Diagnostic {
  const where = [
    ...(role ? [`roles/${role.source.name}/${kind}/`] : []),
    `${kind}/ beside the playbook`,
    `the project's ${kind}/`,
  ];
  const known = [...(role?.source[kind].keys() ?? []), ...shared[kind].keys()];
  const hint = didYouMean(name, known);
  return fault('file-missing', `There is no file '${name}' among the ${kind}.`, {
    place,
    help: `${hint ? `${hint} ` : ''}It was looked for in ${where.join(', ')}.`,
  });
}
