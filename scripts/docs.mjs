// Writes docs/modules/*.md and schemas/*.json from the modules' own definitions; with --check, only says what is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { playbookSchemaOf } from './playbook-schema.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const bundle = 'node_modules/.cache/troupe/docs.mjs';
await build({
  stdin: {
    contents: `
      export { modules } from './src/modules/index.ts';
      export { moduleDoc } from './src/modules/doc.ts';
      export { modulesIndexDoc } from './src/modules/modules-index-doc.ts';
      export { playbookSchema } from './src/modules/module-schema.ts';
      export * as keywords from './src/load/keywords.ts';`,
    resolveDir: '.',
    loader: 'ts',
  },
  outfile: bundle,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
});
const definitions = await import(pathToFileURL(bundle).href);
const { modules, moduleDoc, modulesIndexDoc } = definitions;

const json = (value) => `${JSON.stringify(value)}\n`;
const wanted = new Map([
  ['docs/modules/README.md', modulesIndexDoc(modules.values())],
  ...[...modules.values()].map((module) => [`docs/modules/${module.name}.md`, moduleDoc(module)]),
  ['schemas/playbook.schema.json', json(playbookSchemaOf(definitions, true))],
  ['schemas/tasks.schema.json', json(playbookSchemaOf(definitions, false))],
]);
const present = ['docs/modules', 'schemas'].flatMap((room) =>
  existsSync(room) ? readdirSync(room).map((name) => `${room}/${name}`) : [],
);
const stale = [
  ...[...wanted].filter(([path, content]) => !existsSync(path) || readFileSync(path, 'utf8') !== content),
  ...present.filter((path) => !wanted.has(path)).map((path) => [path, undefined]),
];

if (!process.argv.includes('--check')) {
  for (const [path, content] of stale) {
    mkdirSync(dirname(path), { recursive: true });
    if (content === undefined) rmSync(path);
    else writeFileSync(path, content);
  }
} else if (stale.length > 0) {
  const paths = stale.map(([path]) => `  ${path}`).join('\n');
  console.error(
    `These are made from the modules' definitions, which say something else by now:\n${paths}\nRun: npm run fix`,
  );
  process.exitCode = 1;
}
