import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host } from '../../src/model/host.ts';
import { packageState } from '../../src/model/probe-makers.ts';
import { ask } from '../sshd/ask.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { converge, fields } from './converge.ts';

const PLAN = { lock: false, holder: '', users: [] };
const folder = mkdtempSync(join(tmpdir(), 'troupe-apt-'));
const at = (path: string): string => join(folder, path);
const apt = isRoot() && existsSync('/usr/bin/apt-get') ? describe : describe.skip;

/** Real packages, of a repository of our own: apt's own lists and sources are out of the way for these sessions. */
apt('package, with apt', () => {
  let sshd: Sshd;
  let host: Host;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    mkdirSync(at('repository'));
    for (const path of ['lists/partial', 'cache/archives/partial']) mkdirSync(at(path), { recursive: true });
    for (const [name, version, needs] of [
      ['troupe-test-one', '1.0', ''],
      ['troupe-test-two', '1.0', 'Recommends: troupe-test-one\n'],
    ] as const) {
      build(name, version, needs);
    }
    build('troupe-test-daemon', '1.0', 'Depends: troupe-test-one\n', (tree) => {
      mkdirSync(join(tree, 'usr/sbin'), { recursive: true });
      writeFileSync(join(tree, 'usr/sbin/troupe-test-daemon'), '#!/bin/sh\n', { mode: 0o755 });
      mkdirSync(join(tree, 'etc/troupe-test-daemon'), { recursive: true, mode: 0o755 });
      chmodSync(join(tree, 'etc/troupe-test-daemon'), 0o750);
    });
    index();
    writeFileSync(at('sources.list'), `deb [trusted=yes] file:${at('repository')} ./\n`);
    writeFileSync(
      at('apt.conf'),
      [
        `Dir::Etc::sourcelist "${at('sources.list')}";`,
        'Dir::Etc::sourceparts "-";',
        `Dir::State::lists "${at('lists')}";`,
        `Dir::Cache "${at('cache')}";`,
        '',
      ].join('\n'),
    );
    sshd = await startSshd({ config: [`SetEnv APT_CONFIG=${at('apt.conf')}`] });
    host = await connectSsh(targetFor(sshd), PLAN);
  });
  afterAll(async () => {
    execFileSync('dpkg', ['--purge', 'troupe-test-one', 'troupe-test-two'], { stdio: 'ignore' });
    await host.close();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('fetches the lists by itself where they do not know the package, and installs', async () => {
    const params = { name: ['troupe-test-two'], install_recommends: false };
    expect(fields(await converge(host, 'package', params))).toEqual(['+ troupe-test-two']);
    expect(existsSync('/usr/share/troupe-test-two/version')).toBe(true);
    expect(fields(await converge(host, 'package', params))).toEqual([]);
  });

  test('upgrades to what the fetched lists know', async () => {
    build('troupe-test-two', '2.0', '');
    index();
    const params = { name: ['troupe-test-two'], state: 'latest' };
    expect(fields(await converge(host, 'package', params))).toEqual([]);
    await converge(host, 'package', { name: 'troupe-test-one', update_cache: true });
    const { steps } = await converge(host, 'apt', params);
    expect(steps).toMatchObject([{ field: 'troupe-test-two', before: '1.0', after: '2.0' }]);
    expect(fields(await converge(host, 'package', params))).toEqual([]);
  });

  test('removes', async () => {
    const params = { name: ['troupe-test-one', 'troupe-test-two', 'troupe-test-none'], state: 'absent' };
    expect(fields(await converge(host, 'package', params))).toEqual([
      '- troupe-test-one',
      '- troupe-test-two',
    ]);
    expect(fields(await converge(host, 'package', params))).toEqual([]);
  });

  test('tells a plan what comes with a package that no table knows, and fetches nothing', async () => {
    const shell = await host.shell();
    const probe = packageState('troupe-test-daemon', { contents: { files: true, recommends: false } });
    const before = execFileSync('find', [folder, '-printf', '%p %C@\\n'], { encoding: 'utf8' });
    const { installed, brings } = await ask(shell, probe);
    expect(execFileSync('find', [folder, '-printf', '%p %C@\\n'], { encoding: 'utf8' })).toBe(before);
    expect(installed).toBe(false);
    expect(brings?.map(({ name }) => name)).toEqual(['troupe-test-one', 'troupe-test-daemon']);
    expect(brings?.[1]?.files).toEqual(
      expect.arrayContaining([
        {
          path: '/usr/sbin/troupe-test-daemon',
          stat: { type: 'file', mode: 0o755, owner: 'root', group: 'root' },
        },
        {
          path: '/etc/troupe-test-daemon',
          stat: { type: 'directory', mode: 0o750, owner: 'root', group: 'root' },
        },
      ]),
    );
    expect(await ask(shell, packageState('troupe-test-none', { contents: { files: true } }))).toEqual({
      installed: false,
    });
  });

  test('says which package there is not', async () => {
    await expect(converge(host, 'package', { name: 'troupe-test-none' })).rejects.toThrow(
      'Unable to locate package troupe-test-none',
    );
  });
});

function build(
  name: string,
  version: string,
  fieldsMore: string,
  fill: (tree: string) => void = () => {},
): void {
  const tree = at(`${name}-${version}`);
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  mkdirSync(join(tree, 'usr/share', name), { recursive: true });
  writeFileSync(join(tree, 'usr/share', name, 'version'), `${version}\n`);
  fill(tree);
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: nobody <nobody@example>\n${fieldsMore}Description: made for a test\n`;
  writeFileSync(join(tree, 'DEBIAN/control'), control);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, at('repository')], { stdio: 'ignore' });
}

function index(): void {
  const options = { cwd: at('repository'), encoding: 'utf8' } as const;
  const debs = execFileSync('sh', ['-c', 'ls *.deb'], options).trim().split('\n');
  const entries = debs.map((deb) => {
    const [size, sum] = [
      execFileSync('stat', ['-c', '%s', deb], options).trim(),
      execFileSync('sha256sum', [deb], options).slice(0, 64),
    ];
    const control = execFileSync('dpkg-deb', ['-f', deb], options);
    return `${control}Filename: ./${deb}\nSize: ${size}\nSHA256: ${sum}\n`;
  });
  writeFileSync(at('repository/Packages'), `${entries.join('\n')}\n`);
}
