import type { AnyModule } from './module.ts';
import { firstSentence } from './module-schema.ts';

/** The page that lists all modules, in Markdown. */
export function modulesIndexDoc(modules: Iterable<AnyModule>): string {
  const sorted = [...modules].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = sorted.map((module) => `| [${module.name}](${module.name}.md) | ${firstSentence(module)} |`);
  return [
    '# Modules',
    '',
    'Made from the definitions of the modules by `npm run fix`; `troupe module NAME` prints the same.',
    '',
    '| module | |',
    '|---|---|',
    ...rows,
    '',
    'Editors that know JSON Schema complete and check playbooks with `schemas/playbook.schema.json`, tasks of roles with',
    '`schemas/tasks.schema.json`. With the YAML language server, as the first line of a playbook:',
    '',
    '```yaml',
    '# yaml-language-server: $schema=../schemas/playbook.schema.json',
    '```',
    '',
  ].join('\n');
}
