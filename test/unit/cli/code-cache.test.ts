import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../temporary.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CACHE = `dist/troupe.cjs-${process.version}-${process.arch}.cache`;
let folder = '';
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = temporaryFolder('code-cache');
  writeFileSync(at('hosts.yml'), 'all: {hosts: {web1: {}}}\n');
  writeFileSync(
    at('site.yml'),
    '- hosts: all\n  tasks: [{copy: {dest: /x, content: "{{inventory_hostname}}"}}]\n',
  );
});
beforeEach(() => {
  for (const name of ['bin', 'dist', 'package.json']) {
    rmSync(at(name), { recursive: true, force: true });
    cpSync(join(ROOT, name), at(name), { recursive: true });
  }
});

function node(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}
const CHECK = ['bin/troupe', 'check', 'site.yml', '-i', 'hosts.yml'];
const WELL = { status: 0, stdout: 'site.yml: no fault found in 1 play for 1 host\n', stderr: '' };

/** What becomes of the cache in a start with some flags of Node. */
const state = (...flags: readonly string[]): string =>
  node([
    ...flags,
    '-p',
    'require("./bin/code-cache.cjs").load(`${process.cwd()}/dist/troupe.cjs`).state',
  ]).stdout.trim();

test('a start takes the code cache that the build has made', () => {
  expect(state()).toBe('used');
  expect(node(CHECK)).toEqual(WELL);
});

describe('a cache that does not fit is left alone, without a word:', () => {
  test.each<[what: string, damage: (cache: Buffer) => Buffer]>([
    ['an empty file', () => Buffer.alloc(0)],
    ['half of a file', (cache) => cache.subarray(0, cache.length / 2)],
    [
      'a file that ends in zeros',
      (cache) => Buffer.concat([cache.subarray(0, 4000), Buffer.alloc(cache.length - 4000)]),
    ],
    ['one wrong bit', (cache) => cache.fill((cache.at(90_000) ?? 0) ^ 1, 90_000, 90_001)],
    ['something else', () => Buffer.from('not a cache')],
  ])('%s', (_what, damage) => {
    writeFileSync(at(CACHE), damage(readFileSync(at(CACHE))));
    expect(state()).toBe('missing');
    expect(node(CHECK)).toEqual(WELL);
  });

  test('that of another bundle of the same length, which V8 itself would take', () => {
    const [code = ''] = readFileSync(at('dist/troupe.cjs'), 'latin1').split(/(?<=\n)(?=.*$)/);
    const other = code.replace('no fault found', 'no fault FOUND');
    writeFileSync(at('dist/troupe.cjs'), `${other}//# ${createHash('sha256').update(other).digest('hex')}`);
    expect(state()).toBe('missing');
    expect(node(CHECK)).toEqual({ ...WELL, stdout: WELL.stdout.replace('found', 'FOUND') });
  });

  test('one that was made with other flags of V8', () => {
    expect(state('--stack-size=900')).toBe('refused');
    expect(node(['--stack-size=900', ...CHECK])).toEqual(WELL);
  });
});

describe('where there is no cache, as with another Node than the one that built,', () => {
  beforeEach(() => rmSync(at(CACHE)));

  test('a run leaves one, and the next start takes it', () => {
    expect(state()).toBe('missing');
    expect(node(CHECK)).toEqual(WELL);
    expect(state()).toBe('used');
    expect(node(CHECK)).toEqual(WELL);
  });

  test('a run that cannot write it says nothing and leaves nothing', () => {
    mkdirSync(at(CACHE));
    const before = readdirSync(at('dist'));
    expect(node(CHECK)).toEqual(WELL);
    expect(readdirSync(at('dist'))).toEqual(before);
  });

  test('a question for the version leaves none', () => {
    const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
    for (const word of ['--version', '-V'])
      expect(node(['bin/troupe', word])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(existsSync(at(CACHE))).toBe(false);
  });
});

test('with TROUPE_DEBUG a stack trace has the lines of src/', () => {
  writeFileSync(at('fault.cjs'), "process.stdout.write = () => { throw new Error('no paper'); };");
  const { stderr } = node(['--require', './fault.cjs', ...CHECK], { TROUPE_DEBUG: '1' });
  expect(stderr).toContain('error[internal]: no paper');
  expect(stderr).toMatch(/src\/cli\/check\.ts:\d+:\d+/);
});
