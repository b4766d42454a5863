import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const page = readFileSync(new URL('../../../docs/json-output.md', import.meta.url), 'utf8');
const model = ['event', 'source']
  .map((name) => readFileSync(new URL(`../../../src/model/${name}.ts`, import.meta.url), 'utf8'))
  .join('\n');
const golden = new URL('golden/', import.meta.url);

/** Names of events and of fields; those of hosts in a recap are names of hosts. */
function namesIn(value: unknown, under = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((part) => namesIn(part, under));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(under === 'hosts' || under === 'frames' || under === 'result' ? [] : [key]),
    ...(key === 'event' || key === 'kind' ? [String(part)] : []),
    ...namesIn(part, key),
  ]);
}

test('The page on JSON names every event and field of the golden files', () => {
  const lines = readdirSync(golden)
    .filter((file) => file.includes('.json.'))
    .flatMap((file) => readFileSync(new URL(file, golden), 'utf8').trim().split('\n'));
  const statuses = ['ok', 'changed', 'skipped', 'failed', 'unreachable', 'unknown'];
  const names = new Set(lines.flatMap((line) => namesIn(JSON.parse(line))));
  const missing = [...names].filter((name) => !statuses.includes(name) && !page.includes(`\`${name}\``));
  expect(missing.filter((name) => name !== 'event' && name !== 'kind')).toEqual([]);
  expect(names.size).toBeGreaterThan(30);
});

test('The page on JSON names no event or field that there is not', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...row.matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name));
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(model))).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});
