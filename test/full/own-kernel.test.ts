import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { troupe } from '../cli/troupe.ts';
import { TestLab } from '../lab/test-lab.ts';

const lab = new TestLab('own-kernel', ['client', 'director', 'router', 'web1', 'web2']);
// The kernel is built here, not found in the user's cache.
const CACHE = join(tmpdir(), 'troupe-own-kernel-test-cache');

const on = (name: string, value: string | undefined): void => {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
};

describe("the lab's own kernel", () => {
  const before = { ...process.env };
  let built = '';

  beforeAll(async () => {
    on('TROUPE_LAB_DRIVER', 'uml');
    on('TROUPE_CACHE_DIR', CACHE);
    const ran = await troupe('lab', 'kernel');
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(0);
    built = ran.stdout;
    const inventory = parse(readFileSync('inventory/lab-tun.yml', 'utf8'));
    inventory.all.children.routers.vars = { router_masquerade: 'lan1' };
    lab.describe(inventory);
    await lab.up();
  }, 5_400_000);

  afterAll(async () => {
    await lab.down();
    rmSync(CACHE, { recursive: true, force: true });
    for (const name of ['TROUPE_LAB_DRIVER', 'TROUPE_CACHE_DIR']) on(name, before[name]);
  }, 60_000);

  test('is built once', async () => {
    expect(built).toContain("The lab's own kernel");
    const again = await troupe('lab', 'kernel');
    expect(again.status).toBe(0);
    expect(again.stdout).toContain('is there already');
  });

  test('runs the machines, and has what their roles ask of it', async () => {
    expect(await lab.on('router', 'uname -r')).toMatch(/-troupe$/);
    const modules = [
      'ip_vs_rr',
      'iscsi_tcp',
      'iscsi_target_mod',
      'target_core_file',
      'nfsd',
      'nfsv4',
      'gfs2',
      'softdog',
    ];
    await lab.on('router', `modprobe -a ${modules.join(' ')}`);
  });

  test('masquerades what a router sends on', async () => {
    const applied = await lab.converge('lvs-tun');
    expect(applied.messages).toContain('web1 6  web2 6');
    expect(await lab.on('router', 'nft list table ip troupe_masquerade')).toContain(
      'oifname "lan1" masquerade',
    );
    await lab.on('client', 'curl -fsS http://10.20.0.11/?from=client');
    const line = await lab.on('web1', 'grep -F "from=client" /var/log/apache2/access.log');
    expect(line.split(' ')[0]).toBe('10.20.0.1');
  });

  test('masquerades after a reboot, too', async () => {
    await lab.reboot('router');
    await lab.on('client', 'curl -fsS --retry 9 --retry-connrefused http://10.20.0.12/?from=client');
    const line = await lab.on('web2', 'grep -F "from=client" /var/log/apache2/access.log');
    expect(line.split(' ')[0]).toBe('10.20.0.1');
  });
});
