import { createHmac } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { entriesFor, knownKeys } from '../../../src/hosts/known-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'troupe-known-'));
const file = join(folder, 'known_hosts');
const hashed = (name: string) => {
  const salt = Buffer.from('salt');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const lines = [
  'web1,192.0.2.1 ssh-ed25519 A',
  '*.example,!db.example ssh-ed25519 B',
  `${hashed('web2')} ssh-ed25519 C`,
  '[web1]:2222 ssh-ed25519 D',
  'WEB1 ssh-rsa E',
  '@revoked web? ssh-rsa F',
];
beforeEach(() => writeFileSync(file, `${lines.join('\n')}\n`));
afterAll(() => rmSync(folder, { recursive: true }));

test.each<[string, number, string]>([
  ['web1', 22, 'A E F'],
  ['Web1', 22, 'A E F'],
  ['192.0.2.1', 22, 'A'],
  ['web1', 2222, 'D'],
  // What is known under no port counts for all of them.
  ['web1', 2200, 'A E F'],
  ['web2', 22, 'C F'],
  ['a.example', 22, 'B'],
  ['db.example', 22, ''],
  ['web', 22, ''],
])('%s, port %d, has the keys %s in the order of the file', (host, port, keys) => {
  const found = entriesFor([file, join(folder, 'missing')], host, port);
  expect(found.map(({ key }) => key).join(' ')).toBe(keys);
});

test('A file is parsed once, however many hosts ask, and again when it has changed', () => {
  const first = knownKeys(file);
  expect(knownKeys(file)).toBe(first);
  appendFileSync(file, 'web3 ssh-ed25519 G\n');
  expect(entriesFor([file], 'web3', 22).map(({ key }) => key)).toEqual(['F', 'G']);
});
