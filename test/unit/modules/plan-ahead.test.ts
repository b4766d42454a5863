import { expect, test } from '@jest/globals';
import { FakeHost } from '../../../src/hosts/fake.ts';
import { type PlannedTask, planned } from './planned.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
test('Debian starts what it installs, so there is nothing left to start', () => {
  const tasks: PlannedTask[] = [
    ['package', { name: 'apache2' }],
    ['service', { name: 'apache2', state: 'started', enabled: true }],
  ];
  expect(planned(tasks)).toEqual([['+ apache2'], []]);
});

test('RHEL starts nothing, so it is left to do', () => {
  const host = new FakeHost();
  const facts = { ...host.facts, os: { ...host.facts.os, family: 'redhat' }, package_manager: 'dnf' };
  const tasks: PlannedTask[] = [
    ['package', { name: 'httpd' }],
    ['service', { name: 'httpd', state: 'started', enabled: true }],
  ];
  expect(planned(tasks, new FakeHost({ facts }))).toEqual([['+ httpd'], ['~ enabled', '~ state']]);
});

test('a file put among those of a known package is new, and one of its own is replaced', () => {
  const tasks: PlannedTask[] = [
    ['package', { name: 'apache2' }],
    ['copy', { content: 'a', dest: '/etc/apache2/conf-available/x.conf' }],
    ['copy', { content: 'web1\n', dest: '/var/www/html/id' }],
    ['template', { src: 'ports.conf.hbs', bytes: bytes('Listen 81\n'), dest: '/etc/apache2/ports.conf' }],
    ['lineinfile', { path: '/etc/apache2/envvars', line: 'export A=1' }],
  ];
  expect(planned(tasks)).toEqual([
    ['+ apache2'],
    ['+ content'],
    ['+ content'],
    ['~ content'],
    ['unknown: it comes with the package apache2'],
  ]);
});

test('what an undeclared package brings is unknown, what it cannot bring is not', () => {
  const tasks: PlannedTask[] = [
    ['package', { name: 'lighttpd' }],
    ['service', { name: 'lighttpd', state: 'started' }],
    ['copy', { content: 'a', dest: '/etc/lighttpd/x.conf' }],
    ['copy', { content: 'a', dest: '/srv/page' }],
    ['service', { name: 'lighttpd', state: 'restarted' }],
  ];
  const reason = 'unknown: it may come with the package lighttpd';
  expect(planned(tasks)).toEqual([['+ lighttpd'], [reason], [reason], ['+ content'], [reason]]);
});

test('a task can declare what its package brings', () => {
  const provides = {
    units: [{ name: 'lighttpd.service', started: false, enabled: true }],
    paths: ['/etc/lighttpd/'],
  };
  const tasks: PlannedTask[] = [
    ['package', { name: 'lighttpd', provides }],
    ['service', { name: 'lighttpd', state: 'started', enabled: true }],
    ['copy', { content: 'a', dest: '/etc/lighttpd/x.conf' }],
  ];
  expect(planned(tasks)).toEqual([['+ lighttpd'], ['~ state'], ['+ content']]);
});

test('a unit written in this run can be started and enabled', () => {
  const unit = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';
  const tasks: PlannedTask[] = [
    ['copy', { content: unit, dest: '/etc/systemd/system/mine.service' }],
    ['service', { name: 'mine', state: 'started', enabled: true }],
    ['service', { name: 'mine', state: 'started', enabled: true }],
  ];
  expect(planned(tasks)).toEqual([['+ content'], ['~ enabled', '~ state'], []]);
});

test('a teardown plans each thing once', () => {
  const host = new FakeHost({
    packages: { ipvsadm: '1.31' },
    files: { '/etc/systemd/system/mine.service': '[Service]\n', '/srv/mine/x': 'a' },
    units: { 'mine.service': { active: 'active', enabled: 'static' } },
  });
  const tasks: PlannedTask[] = [
    ['service', { name: 'mine', state: 'stopped', enabled: false }],
    ['file', { path: '/etc/systemd/system/mine.service', state: 'absent' }],
    ['service', { name: 'mine', state: 'stopped' }],
    ['file', { path: '/srv/mine', state: 'absent' }],
    ['file', { path: '/srv/mine/x', state: 'absent' }],
    ['package', { name: 'ipvsadm', state: 'absent' }],
    ['package', { name: 'ipvsadm', state: 'absent' }],
    ['service', { name: 'ipvsadm', state: 'started' }],
  ];
  expect(planned(tasks, host)).toEqual([
    ['~ state'],
    ['- state'],
    [],
    ['- state'],
    [],
    ['- ipvsadm'],
    [],
    ['refused: there is no unit ipvsadm.service on this host'],
  ]);
});

test('a directory made in this run takes files', () => {
  const tasks: PlannedTask[] = [
    ['copy', { content: 'a', dest: '/srv/site/x' }],
    ['file', { path: '/srv/site', state: 'directory' }],
    ['copy', { content: 'a', dest: '/srv/site/x' }],
    ['lineinfile', { path: '/srv/site/x', line: 'b' }],
    ['stat', { path: '/srv/site/x' }],
  ];
  expect(planned(tasks)).toEqual([
    ['refused: the directory /srv/site is not there'],
    ['+ state'],
    ['+ content'],
    ['~ content'],
    [],
  ]);
});
