import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadExtraVars } from '../../../src/load/extra-vars.ts';
import { loadInventory } from '../../../src/load/inventory.ts';
import { becomeOf, targetOf } from '../../../src/load/target.ts';
import type { InventoryHost } from '../../../src/model/inventory.ts';
import { brief, faultsOf, project } from './project.ts';

function host(vars: string): InventoryHost & { readonly folder: string } {
  const folder = project({ 'hosts.yml': `all: {hosts: {h: {${vars}}}}\n` });
  const found = loadInventory(join(folder, 'hosts.yml')).hosts.get('h');
  if (!found) throw new Error('no host');
  return { ...found, folder };
}

describe('Connection variables', () => {
  test('default to ssh, the name of the host and ten seconds', () => {
    expect(targetOf(host(''))).toEqual({
      name: 'h',
      connection: 'ssh',
      address: 'h',
      connectTimeoutMs: 10_000,
    });
  });

  test('are read under our names', () => {
    const found = host(
      'address: 192.0.2.1, port: "2222", user: admin, identity_file: ~/.ssh/key, known_hosts_file: known, ' +
        'proxy_jump: bastion, become_password: 1234, connect_timeout: 2.5',
    );
    expect(targetOf(found)).toEqual({
      name: 'h',
      connection: 'ssh',
      address: '192.0.2.1',
      port: 2222,
      user: 'admin',
      identityFile: join(homedir(), '.ssh/key'),
      knownHostsFile: join(found.folder, 'known'),
      proxyJump: 'bastion',
      becomePassword: '1234',
      connectTimeoutMs: 2500,
    });
  });

  test("are read under Ansible's names", () => {
    const found = host(
      'ansible_host: 192.0.2.1, ansible_port: 22, ansible_user: root, ansible_connection: local, ' +
        'ansible_ssh_private_key_file: /k, ansible_become_pass: p',
    );
    expect(targetOf(found)).toMatchObject({
      connection: 'local',
      address: '192.0.2.1',
      port: 22,
      user: 'root',
      identityFile: '/k',
      becomePassword: 'p',
    });
  });

  test('of -e win, whichever of their names is used', () => {
    const target = targetOf(host('user: admin'), { extra: loadExtraVars(['ansible_user=root']) });
    expect(target.user).toBe('root');
  });

  test('of a wrong type are refused together, each at its place', () => {
    const found = host('port: ssh, connect_timeout: 0, connection: docker, address: [a], user: "{{me}}"');
    expect(faultsOf(() => targetOf(found)).map((one) => brief(one))).toEqual([
      'wrong-type 1:25 The variable port must be a whole number of at least 1, not the text "ssh".',
      'wrong-type 1:47 The variable connect_timeout must be a number of at least 1, not 0.',
      'wrong-type 1:90 The variable user must be a plain value, not the text "{{me}}".',
      'wrong-type 1:62 The variable connection must be ssh or local, not the text "docker".',
      'wrong-type 1:79 The variable address must be a text, not a list.',
    ]);
  });

  test('that are not read are not passed over in silence', () => {
    const [fault] = faultsOf(() => targetOf(host('ansible_ssh_common_args: -J bastion')));
    expect(fault && brief(fault)).toBe(
      'not-supported-yet 1:19 The variable ansible_ssh_common_args is not supported yet.',
    );
    expect(fault?.help).toContain('proxy_jump');
  });

  test('may hold templates where the caller renders them', () => {
    const target = targetOf(host('address: "{{rip}}"'), {
      render: (tree) => ({ kind: 'scalar', place: tree.place, value: '192.0.2.9' }),
    });
    expect(target.address).toBe('192.0.2.9');
  });

  test('say whom to become where plays do not', () => {
    expect(becomeOf(host(''))).toBeUndefined();
    expect(becomeOf(host('become: yes, ansible_become_user: app'))).toMatchObject({
      enabled: { value: true },
      user: { value: 'app' },
    });
    expect(faultsOf(() => becomeOf(host('become: perhaps'))).length).toBe(1);
  });
});
