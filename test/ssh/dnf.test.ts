import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host } from '../../src/model/host.ts';
import { readFile } from '../../src/model/probe-makers.ts';
import { ask } from '../sshd/ask.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { converge, fields } from './converge.ts';

const PLAN = { lock: false, holder: '', users: [] };
const folder = mkdtempSync(join(tmpdir(), 'troupe-dnf-'));
const at = (path: string): string => join(folder, path);
const works = (program: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(program, args, { env: { ...process.env, HOME: folder }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
/** Debian has these tools too: apt-get install dnf rpm createrepo-c. */
const possible =
  isRoot() &&
  works('dnf', '--version') &&
  works('rpmbuild', '--version') &&
  works('createrepo_c', '--version') &&
  works('unshare', '-m', 'mount', '-t', 'tmpfs', 'none', '/opt');

/** The real dnf and rpm, in sessions that see this machine as one of RHEL's family with databases of its own. */
(possible ? describe : describe.skip)('package, with dnf', () => {
  let sshd: Sshd;
  let host: Host;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    for (const path of ['repository', 'repos', 'cache', 'persist', 'log', 'home']) mkdirSync(at(path));
    build('troupe-test-one', '1.0', '');
    build('troupe-test-two', '1.0', 'Recommends: troupe-test-one');
    writeFileSync(at('repos/test.repo'), `[test]\nname=test\nbaseurl=file://${at('repository')}\n`);
    writeFileSync(
      at('dnf.conf'),
      `[main]\ngpgcheck=False\nplugins=False\nreposdir=${at('repos')}\ncachedir=${at('cache')}\npersistdir=${at('persist')}\nlogdir=${at('log')}\n`,
    );
    writeFileSync(
      at('os-release'),
      'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky"\n',
    );
    writeFileSync(at('start'), START, { mode: 0o755 });
    sshd = await startSshd();
    host = await connectSsh(targetFor(sshd), PLAN, { sh: at('start') });
  });
  afterAll(async () => {
    await host.close();
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the facts say so', () => {
    expect(host.facts).toMatchObject({ os: { family: 'redhat', id: 'rocky' }, package_manager: 'dnf' });
  });

  test('installs, without weak dependencies where they are not wanted', async () => {
    const params = { name: 'troupe-test-two', install_recommends: false };
    expect(fields(await converge(host, 'package', params))).toEqual(['+ troupe-test-two']);
    expect(await ask(await host.shell(), readFile('/opt/troupe-test-two'))).toMatchObject({ exists: true });
    expect(await ask(await host.shell(), readFile('/opt/troupe-test-one'))).toMatchObject({ exists: false });
    expect(fields(await converge(host, 'package', params))).toEqual([]);
  });

  test('upgrades to what the fetched lists know', async () => {
    build('troupe-test-two', '2.0', '');
    await converge(host, 'package', { name: 'troupe-test-one', update_cache: true });
    const { steps } = await converge(host, 'dnf', { name: 'troupe-test-two', state: 'latest' });
    expect(steps).toMatchObject([{ before: '1.0-1', after: '2.0-1' }]);
  });

  test('removes', async () => {
    const params = { name: ['troupe-test-one', 'troupe-test-two', 'troupe-test-none'], state: 'absent' };
    expect(fields(await converge(host, 'package', params))).toEqual([
      '- troupe-test-one',
      '- troupe-test-two',
    ]);
    expect(fields(await converge(host, 'package', params))).toEqual([]);
  });

  test('says which package there is not', async () => {
    await expect(converge(host, 'package', { name: 'troupe-test-none' })).rejects.toThrow('troupe-test-none');
  });
});

const START = `#!/bin/sh
[ "$1" = inside ] || exec unshare -m "$0" inside "$@"
shift
mount -t tmpfs none /var/lib && mkdir /var/lib/rpm || exit
mount -t tmpfs none /opt || exit
mount --bind ${at('dnf.conf')} /etc/dnf/dnf.conf || exit
mount --bind /dev/null /usr/bin/apt-get || exit
mount --bind ${at('os-release')} /etc/os-release || exit
HOME=${at('home')}
export HOME
exec sh "$@"
`;

/** Builds a package that brings one file under /opt, and puts it in the repository. */
function build(name: string, version: string, more: string): void {
  writeFileSync(
    at(`${name}.spec`),
    `Name: ${name}
Version: ${version}
Release: 1
Summary: Made for a test
License: none
BuildArch: noarch
${more}
%description
Made for a test.
%install
mkdir -p %{buildroot}/opt
echo ${version} >%{buildroot}/opt/${name}
%files
/opt/${name}
`,
  );
  const topdir = at('build');
  execFileSync('rpmbuild', ['--quiet', '--define', `_topdir ${topdir}`, '-bb', at(`${name}.spec`)], {
    env: { ...process.env, HOME: at('home') },
    stdio: 'ignore',
  });
  for (const rpm of readdirSync(join(topdir, 'RPMS/noarch'))) {
    copyFileSync(join(topdir, 'RPMS/noarch', rpm), join(at('repository'), rpm));
  }
  execFileSync('createrepo_c', ['-q', at('repository')], { stdio: 'ignore' });
}
