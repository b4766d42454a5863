import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { keyPair } from '../../../scripts/key-pair.mjs';
import { identities, type KeyState, keyFiles } from '../../../src/hosts/identities.ts';
import { signingKey } from '../../../src/hosts/signing-key.ts';
import { sshConfig } from '../../../src/hosts/ssh-config.ts';
import { sshSettings } from '../../../src/hosts/ssh-settings.ts';

const home = mkdtempSync(join(tmpdir(), 'troupe-once-'));
mkdirSync(join(home, '.ssh/more.d'), { recursive: true });
const at = (name: string): string => join(home, '.ssh', name);
afterAll(() => rmSync(home, { recursive: true }));

const target = (address: string, file?: string) => ({
  address,
  connectTimeoutMs: 1000,
  ...(file === undefined ? {} : { identityFile: file }),
});
const userOf = (address: string): string => sshSettings(target(address), home).user;

test('The configuration is parsed once for all hosts, and again when a file of it has changed or come', () => {
  writeFileSync(at('config'), 'Include more.d/*\nHost *\n  User somebody\n');
  const first = sshConfig(home);
  expect([userOf('web1'), userOf('web2')]).toEqual(['somebody', 'somebody']);
  expect(sshConfig(home)).toBe(first);
  writeFileSync(at('more.d/one'), 'Host web1\n  User one\n');
  expect([userOf('web1'), userOf('web2')]).toEqual(['one', 'somebody']);
  const second = sshConfig(home);
  expect(second).not.toBe(first);
  appendFileSync(at('more.d/one'), 'Host web2\n  User two\n');
  expect([userOf('web1'), userOf('web2')]).toEqual(['one', 'two']);
  expect(sshConfig(home)).toBe(sshConfig(home));
});

test('A key is read once for all hosts, and again when its file has changed', () => {
  let parsed = 0;
  const files = keyFiles<string>((bytes): KeyState<string> => {
    parsed += 1;
    return bytes.includes('locked') ? { unusable: 'encrypted' } : { key: String(bytes) };
  });
  writeFileSync(at('key'), 'open');
  const asked = (address: string) => identities(sshSettings(target(address, at('key')), home), files);
  expect(asked('web1').usable).toContainEqual({ kind: 'key', file: at('key'), key: 'open' });
  expect(asked('web2').passedOver).toEqual([]);
  expect(parsed).toBe(1);
  writeFileSync(at('key'), 'locked now');
  expect(asked('web3').passedOver).toEqual([`${at('key')} is encrypted`]);
  expect(parsed).toBe(2);
  rmSync(at('key'));
  expect(asked('web3').passedOver).toEqual([`${at('key')} does not exist`]);
});

test.each([
  ['ed25519', undefined],
  ['ecdsa', undefined],
  ['rsa', 'sha512'],
  ['rsa', undefined],
] as const)('A %s key signs as before, hashed by %s', (type, hash) => {
  const pair =
    type === 'ed25519'
      ? keyPair().private
      : type === 'ecdsa'
        ? ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private
        : generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
            type: 'pkcs1',
            format: 'pem',
          });
  const parsed = ssh2.utils.parseKey(pair);
  if (parsed instanceof Error) throw parsed;
  const key = signingKey(parsed);
  expect(key).not.toBe(parsed);
  const data = Buffer.from('what the server has sent');
  expect(parsed.verify(data, key.sign(data, hash) as Buffer, hash)).toBe(true);
  expect(ssh2.utils.parseKey(key as never)).toBe(key);
});
