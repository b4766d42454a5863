import { expect, test } from '@jest/globals';
import { FakeHost } from '../../../src/hosts/fake.ts';
import type { Captured } from '../../../src/model/probe.ts';
import { type PlannedTask, planned } from './planned.ts';

const captures = (
  list: Readonly<Record<string, string>>,
): readonly (Partial<Captured> & { argv: string[] })[] =>
  Object.entries(list).map(([line, stdout]) => ({ argv: line.split(' '), stdout }));

test('on a bare director the kernel module, its parameters and the whole table are planned', () => {
  const host = new FakeHost({
    sysctls: { 'net.ipv4.conf.default.rp_filter': '0' },
    captures: captures({
      'modprobe -n -v ip_vs':
        'insmod /lib/modules/6.1.0/libcrc32c.ko \ninsmod /lib/modules/6.1.0/ip_vs.ko \n',
    }),
  });
  const service = { address: '192.0.2.10', port: 80, scheduler: 'rr' };
  const tasks: PlannedTask[] = [
    ['modprobe', { name: 'ip_vs', persistent: 'present' }],
    ['modprobe', { name: 'ip_vs', persistent: 'present' }],
    ['package', { name: 'ipvsadm' }],
    ['sysctl', { name: 'net.ipv4.vs.expire_nodest_conn', value: 1 }],
    ['ipvs_service', { ...service, real_servers: [{ address: '10.0.0.11' }] }],
    ['ipvs_service', { ...service, real_servers: [{ address: '10.0.0.11' }] }],
    ['ipvs_service', { ...service, port: 443 }],
    ['ipvs_service', { ...service, real_servers: [], drain_timeout: 0 }],
  ];
  expect(planned(tasks, host)).toEqual([
    ['+ module', '+ at boot'],
    [],
    ['+ ipvsadm'],
    ['~ live value', '+ saved'],
    ['+ service', '+ real server 10.0.0.11:80'],
    [],
    ['+ service'],
    ['~ real server 10.0.0.11:80 weight', '- real server 10.0.0.11:80'],
  ]);
});

test('a tunnel that comes with its kernel module takes its parameter and its address', () => {
  const host = new FakeHost({
    sysctls: { 'net.ipv4.conf.default.rp_filter': '0' },
    captures: captures({ 'modprobe -n -v ipip': 'insmod /lib/modules/6.1.0/ipip.ko \n' }),
  });
  const tasks: PlannedTask[] = [
    ['modprobe', { name: 'ipip' }],
    ['sysctl', { name: 'net.ipv4.conf.tunl0.rp_filter', value: 2 }],
    ['ip_address', { address: '192.0.2.10/32', device: 'tunl0' }],
    ['ip_address', { address: '192.0.2.10/32', device: 'tunl0' }],
    ['ip_address', { address: '192.0.2.11/32', device: 'tunl0' }],
    ['ip_address', { address: '192.0.2.10/32', device: 'tunl0', state: 'absent' }],
    ['ip_address', { address: '192.0.2.11/32', device: 'tunl0', state: 'absent' }],
    ['modprobe', { name: 'ipip', state: 'absent' }],
    ['sysctl', { name: 'net.ipv4.conf.tunl0.rp_filter', value: 0, state: 'absent' }],
  ];
  expect(planned(tasks, host)).toEqual([
    ['+ module'],
    ['~ live value', '+ saved'],
    ['~ device', '+ address', '+ saved'],
    [],
    ['+ address', '~ saved'],
    ['- address', '~ saved'],
    ['- address', '- saved'],
    ['- module'],
    ['- saved'],
  ]);
});

test('a gateway that is replaced and given back is planned so', () => {
  const host = new FakeHost({
    captures: captures({
      'ip -o link show dev lan0': '2: lan0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500\n',
      'ip -4 -o route show table main default': 'default via 10.0.0.1 dev lan0 \n',
    }),
  });
  const tasks: PlannedTask[] = [
    ['route', { to: 'default', via: '10.0.0.2', device: 'lan0' }],
    ['route', { to: 'default', via: '10.0.0.1', device: 'lan0', state: 'absent' }],
    ['route', { to: 'default', via: '10.0.0.2', device: 'lan0', state: 'absent' }],
    ['route', { to: 'default', via: '10.0.0.1', device: 'lan0' }],
  ];
  expect(planned(tasks, host)).toEqual([
    ['~ route', '+ saved'],
    [],
    ['- route', '- saved'],
    ['+ route', '+ saved'],
  ]);
});
