import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { knownPackages } from '../../src/modules/known-packages.ts';
import { play, troupe } from '../cli/troupe.ts';
import { foretell, verdict } from '../lab/predictions.ts';

// Every package of the table is installed on a bare machine; two machines, because some of them want the same port.
const PACKAGES = {
  one: 'acl apache2 arping chrony conntrack curl keepalived nftables nfs-kernel-server tcpdump tgt'.split(
    ' ',
  ),
  two: 'e2fsprogs haproxy iputils-arping ipvsadm nfs-common nginx nginx-common open-iscsi python3-rtslib-fb rpcbind targetcli-fb xfsprogs'.split(
    ' ',
  ),
};
const folder = mkdtempSync(join(tmpdir(), 'troupe-packages-'));
const INVENTORY = join(folder, 'packages.yml');
const PLAYBOOK = join(folder, 'install.yml');

describe('what the table says of packages', () => {
  beforeAll(async () => {
    const machine = (number: number, packages: readonly string[]) => ({
      packages,
      lab: { nics: [{ segment: 'lan', addresses: [`10.9.1.${number}/24`] }] },
    });
    const vars = { become: true, lab: { memory: 384, image: 'base' } };
    const hosts = { one: machine(1, PACKAGES.one), two: machine(2, PACKAGES.two) };
    writeFileSync(INVENTORY, JSON.stringify({ all: { vars, hosts } }));
    writeFileSync(PLAYBOOK, '- hosts: all\n  tasks: [{package: {name: "{{item}}"}, loop: "{{packages}}"}]\n');
    const up = await troupe('lab', 'up', '-i', INVENTORY);
    if (up.status !== 0) throw new Error(up.stderr + up.stdout);
  }, 600_000);

  afterAll(async () => {
    await troupe('lab', 'down', '-i', INVENTORY);
    rmSync(folder, { recursive: true });
  }, 60_000);

  test('names every package of the table', () => {
    const named = [...PACKAGES.one, ...PACKAGES.two].sort();
    expect(named).toEqual(Object.keys(knownPackages.debian ?? {}).sort());
  });

  test('is what a machine has once they are installed', async () => {
    const foretold = await foretell(PLAYBOOK, INVENTORY);
    const applied = await play('apply', PLAYBOOK, '-i', INVENTORY);
    expect(applied.failures).toEqual([]);
    const { wrong, compared } = await verdict(foretold);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(200);
  });
});
