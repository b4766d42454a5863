// Where a profile's time goes, by part of the program. Usage: profile.mjs FILE.cpuprofile, made with a readable bundle:
//   node scripts/build.mjs --readable && node --cpu-prof bin/troupe apply …
import { readFileSync } from 'node:fs';

const bundle = readFileSync(new URL('../dist/troupe.cjs', import.meta.url), 'latin1').split('\n');
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const byId = new Map(nodes.map((node) => [node.id, node]));
const parentOf = new Map(nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])));

/** The file that each line of the bundle came from, as esbuild's comments say. */
const files = [];
let file = '';
for (const line of bundle) {
  file = /^\s*\/\/ ((?:src|node_modules)\/\S+)$/.exec(line)?.[1] ?? file;
  files.push(file);
}

const LIBRARIES = /^node_modules\/((?:@[^/]+\/)?[^/]+)/;

/** The part that a function belongs to; undefined for Node's own, which counts as that of whoever called it. */
function partOf({ callFrame: { functionName, url, lineNumber } }) {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(idle)') return 'waiting';
  if (functionName === '(program)') return 'Node itself';
  if (url.endsWith('bin/code-cache.cjs')) return 'the bundle, read and made ready';
  if (!url.endsWith('dist/troupe.cjs')) return undefined;
  const from = files[lineNumber] ?? '';
  const library = LIBRARIES.exec(from)?.[1];
  if (library) return library;
  return (
    from
      .split('/')
      .slice(0, -1)
      .join('/')
      .replace(/^(src\/[^/]+).*/, '$1') || 'the bundle, read and made ready'
  );
}

function partOfNode(node) {
  for (let at = node; at; at = byId.get(parentOf.get(at.id))) {
    const part = partOf(at);
    if (part !== undefined) return part;
  }
  return 'Node itself';
}

const spent = new Map();
samples.forEach((id, at) => {
  const part = partOfNode(byId.get(id));
  spent.set(part, (spent.get(part) ?? 0) + timeDeltas[at]);
});
const total = [...spent].reduce((sum, [part, micros]) => (part === 'waiting' ? sum : sum + micros), 0);
console.log('| part | ms | share |\n|---|---:|---:|');
for (const [part, micros] of [...spent].sort(([, a], [, b]) => b - a)) {
  if (micros / total < 0.01) continue;
  const share = part === 'waiting' ? '' : `${((100 * micros) / total).toFixed(0)} %`;
  console.log(`| ${part} | ${(micros / 1000).toFixed(0)} | ${share} |`);
}
