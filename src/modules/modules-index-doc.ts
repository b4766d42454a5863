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
  ].join('\n');
}
