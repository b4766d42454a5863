import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestLab } from '../test-lab.ts';
import { inventory, MACHINES, share, type Wish } from './machines.ts';

// One lab for all scenarios, in the order in which storage lives: bare, built, used, changed in use, rebooted, taken away.
const lab = new TestLab('storage', MACHINES);
const describeStorage = (wish: Wish = {}): void => lab.describe(inventory(wish));

/** Writes through a mount until /tmp/NAME.stop is there, block by block, each on the disk before the next. */
const startWriting = (host: string, name: string, path: string) =>
  lab.on(
    host,
    `rm -f /tmp/${name}.*; cat >/tmp/${name}.sh <<'END'
n=0
until [ -e /tmp/${name}.stop ]; do
  n=$((n + 1))
  echo "block $n" | tee -a /tmp/${name}.wanted | dd of=${path} oflag=append,sync conv=notrunc status=none || echo "write $n failed"
done >/tmp/${name}.errors 2>&1
touch /tmp/${name}.stopped
END
nohup sh /tmp/${name}.sh >/dev/null 2>&1 &`,
  );

/** Goes on to 50 blocks if there were fewer, and ends it: errors, and whether the file holds just what was written. */
const stopWriting = (host: string, name: string, path: string) =>
  lab.on(
    host,
    `until [ "$(wc -l </tmp/${name}.wanted)" -ge 50 ]; do sleep 1; done; touch /tmp/${name}.stop; until [ -e /tmp/${name}.stopped ]; do :; done; cat /tmp/${name}.errors
cmp /tmp/${name}.wanted ${path} && echo same`,
  );

describe('storage on virtual machines', () => {
  beforeAll(async () => {
    describeStorage();
    await lab.up();
  }, 600_000);

  afterAll(() => lab.down(), 60_000);

  describe('by NFS', () => {
    test('is built from bare machines, just as planned, and a plan writes nothing', async () => {
      await lab.noteTime();
      const planned = await lab.run('plan', 'storage-nfs');
      expect(planned.failures).toEqual([]);
      expect(planned.status).toBe(2);
      expect(await lab.writtenSince()).toEqual([]);
      await lab.convergeBare('storage-nfs');
    });

    test("carries what root on a client writes, at once, as the anonymous user's", async () => {
      await lab.on('web1', 'echo one >/mnt/www/page');
      expect(await lab.on('web2', 'cat /mnt/www/page')).toBe('one');
      expect(await lab.on('store', 'stat -c %u /srv/www/page')).toBe('65534');
      await lab.on('web2', 'echo two >/mnt/www/page');
      expect(await lab.on('web1', 'cat /mnt/www/page')).toBe('two');
    });

    test('refuses the same write where there is no access control list', async () => {
      await lab.on('store', 'setfacl -b -k /srv/www');
      const tried = await lab.try('web1', 'touch /mnt/www/refused');
      expect([tried.status === 0, tried.stderr.trim()]).toEqual([
        false,
        "touch: cannot touch '/mnt/www/refused': Permission denied",
      ]);
      const applied = await lab.converge('storage-nfs', '--skip-tags', 'verify');
      expect(applied.changes).toEqual(['store | nfs_server : Say who may what in it | /srv/www | changed']);
      await lab.on('web1', 'touch /mnt/www/allowed');
    });

    test('is applied again, and gets another export, while a client writes', async () => {
      await startWriting('web1', 'nfs', '/mnt/www/log');
      expect((await lab.run('apply', 'storage-nfs')).failures).toEqual([]);
      describeStorage({
        exports: [share('/srv/www'), share('/srv/home')],
        mounts: [
          { src: '10.10.0.5:/srv/www', path: '/mnt/www' },
          { src: '10.10.0.5:/srv/home', path: '/mnt/home' },
        ],
      });
      await lab.converge('storage-nfs');
      await lab.on('web2', 'touch /mnt/home/here');
      expect(await stopWriting('web1', 'nfs', '/mnt/www/log')).toBe('same');
    });

    test('takes one export away, and the clients of the other go on', async () => {
      await startWriting('web1', 'nfs', '/mnt/www/log2');
      describeStorage({
        exports: [share('/srv/www'), { ...share('/srv/home'), state: 'absent' }],
        mounts: [
          { src: '10.10.0.5:/srv/www', path: '/mnt/www' },
          { src: '10.10.0.5:/srv/home', path: '/mnt/home', state: 'absent' },
        ],
      });
      // A mount that is in use stays, and says by whom it is used.
      await lab.on('web2', 'cd /mnt/home && (nohup sleep 600 >/dev/null 2>&1 &)');
      const refused = await lab.run('apply', 'storage-nfs', '--limit', 'web2', '--skip-tags', 'verify');
      expect(refused.failures.join()).toMatch(/\/mnt\/home is in use by sleep \(process \d+\)/);
      expect(await lab.on('web2', 'ls /mnt/home')).toBe('here');
      await lab.on('web2', 'pkill -x sleep');
      await lab.converge('storage-nfs', '--skip-tags', 'verify');
      expect(await lab.on('store', 'ls -A /srv/home')).toBe('here');
      expect(await stopWriting('web1', 'nfs', '/mnt/www/log2')).toBe('same');
    });

    test('is there again after reboots of the server and a client, with no hand on it', async () => {
      await Promise.all([lab.reboot('web2'), lab.reboot('store')]);
      const sum = await lab.on('web1', 'sha256sum </mnt/www/log');
      expect(
        await lab.on('web2', 'until mountpoint -q /mnt/www; do sleep 1; done; sha256sum </mnt/www/log'),
      ).toBe(sum);
      expect((await lab.run('plan', 'storage-nfs', '--skip-tags', 'verify')).changes).toEqual([]);
    });
  });
});
