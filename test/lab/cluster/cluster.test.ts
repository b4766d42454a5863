import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestLab } from '../test-lab.ts';
import { inventory, MACHINES, VIP, type Wish } from './machines.ts';

// One lab for all scenarios, in the order that a cluster lives: bare, built, changed under load, rebooted, changed in
// mode, taken away.
const lab = new TestLab('cluster', MACHINES);
const describeCluster = (wish: Wish): void => lab.describe(inventory(wish));
const on = (host: string, command: string) => lab.on(host, command);

/** What a cluster may leave behind on a machine. Loaded modules and installed packages are not looked at. */
const LEFTOVERS = [
  'ip -o addr show | grep -v " link/" | sed "s/ valid_lft.*//" | sort',
  'ip route show | sort',
  'for f in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/[!t]*/arp_ignore /proc/sys/net/ipv4/conf/[!t]*/arp_announce /proc/sys/net/ipv4/conf/[!t]*/send_redirects /proc/sys/net/ipv4/conf/[!t]*/rp_filter; do echo "$f $(cat "$f")"; done',
  'ls /etc/sysctl.d /etc/modules-load.d /usr/local/sbin /etc/systemd/system/*.service; find /etc/systemd/network /etc -maxdepth 1 -iname "*troupe*"; find /etc/systemd/network',
  'cat /proc/net/ip_vs 2>/dev/null | tail -n +4 || true',
].join('; ');

const leftovers = () => lab.onEach(LEFTOVERS);

/** Real requests from the client, one connection each; how often each server answered. */
async function split(requests: number): Promise<string> {
  const names = await on(
    'client',
    `for i in $(seq ${requests}); do curl -fsS --max-time 10 http://${VIP}/id; done`,
  );
  const counts = new Map<string, number>();
  for (const name of names.split('\n')) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort()
    .map((pair) => pair.join(' '))
    .join('  ');
}

/** Applies weights of 3 and 1 to the directors alone, and asks eight times. */
async function splitsByWeight(playbook: string, wish: Wish): Promise<void> {
  describeCluster({ ...wish, scheduler: 'wrr', web1: { weight: 3 } });
  const applied = await lab.run('apply', playbook, '--limit', 'directors', '--skip-tags', 'verify');
  expect(applied.failures).toEqual([]);
  expect(await split(8)).toBe('web1 6  web2 2');
  describeCluster(wish);
}

/** Requests that passed the director back to the client since its table was made. */
const outPackets = async () =>
  Number(await on('director', `ipvsadm -Ln --stats --exact | awk 'index($2, "${VIP}:") == 1 {print $5}'`));

describe('a cluster of virtual machines', () => {
  let bare: Awaited<ReturnType<typeof leftovers>>;

  beforeAll(async () => {
    describeCluster({});
    await lab.up();
    bare = await leftovers();
  }, 600_000);

  afterAll(async () => {
    await lab.down();
  }, 60_000);

  test.each(['nat', 'tun'] as const)('builds lvs-%s from bare machines, just as planned', async (mode) => {
    describeCluster({ wire: mode === 'tun' ? 'far' : 'back' });
    await lab.reset();
    const applied = await lab.convergeBare(`lvs-${mode}`, async () =>
      expect(await leftovers()).toEqual(bare),
    );
    expect(applied.messages).toContain('web1 6  web2 6');
  });

  test('builds a web cluster, by LVS-DR and with one share, from bare machines, just as planned', async () => {
    describeCluster({});
    await lab.reset();
    const applied = await lab.convergeBare('cluster-web');
    expect(applied.messages).toContain('web1 6  web2 6');
    // The same cluster.
    expect((await lab.run('plan', 'lvs-dr')).changes).toEqual([]);
  });

  test('shows a page that was changed once on all real servers', async () => {
    const ask = `for i in 1 2 3 4; do curl -fsS --max-time 10 http://${VIP}/share/; done | sort | uniq -c`;
    expect(await on('client', ask)).toBe('4 one');
    await on('router', 'echo two >/srv/www/index.html');
    expect(await on('client', ask)).toBe('4 two');
  });

  test('splits by round robin, past the director, and one machine answers for the VIP', async () => {
    expect(await split(12)).toBe('web1 6  web2 6');
    expect(await outPackets()).toBe(0);
    // The router stands on the wire of the real servers, which have the VIP too.
    await on('router', 'apt-get -qq -y install iputils-arping >/dev/null 2>&1');
    const macs = await on('router', `arping -c 3 -I lan1 ${VIP} | grep -o "\\[.*\\]" | sort -u`);
    expect(macs.toLowerCase()).toBe(`[${await on('director', 'cat /sys/class/net/lan1/address')}]`);
  });

  test('splits by weight, 3 to 1', async () => {
    describeCluster({ scheduler: 'wrr', web1: { weight: 3 } });
    const applied = await lab.converge('lvs-dr', '-e', 'verify_requests=8');
    expect(applied.messages).toContain('web1 6  web2 2');
  });

  test('loses no request while it is applied again, reweighed, shrunk and grown', async () => {
    // One scheduler all along: the kernel has none for a moment while it is exchanged (ip_vs_ctl.c, ip_vs_edit_service).
    const scheduler = 'wrr';
    describeCluster({ scheduler });
    const begun = await lab.run('apply', 'lvs-dr');
    expect(begun.failures).toEqual([]);
    await on('client', LOAD);
    const states: readonly Wish[] = [
      { scheduler },
      { scheduler, web1: { weight: 2 } },
      { scheduler, web2: { state: 'absent' } },
      { scheduler },
    ];
    for (const wish of states) {
      describeCluster(wish);
      const applied = await lab.run('apply', 'lvs-dr', '--skip-tags', 'verify');
      expect(applied.failures).toEqual([]);
    }
    const counted = await on('client', STOP_LOAD);
    const { good, bad } = JSON.parse(counted) as { good: number; bad: string };
    expect(bad).toBe('');
    expect(good).toBeGreaterThanOrEqual(2000);
    describeCluster({});
    // Not idle yet: a request from a port of a connection that has just ended goes where that went.
    const { failures, status } = await lab.run('apply', 'lvs-dr', '-e', 'verify_exact=false');
    expect({ failures, status }).toEqual({ failures: [], status: 0 });
  });

  test('answers again after a reboot of the director, with no hand on it', async () => {
    await on('director', '(sleep 1; reboot) >/dev/null 2>&1 &');
    await on('client', `until ! curl -fs --max-time 2 -o /dev/null http://${VIP}/id; do :; done`);
    await on(
      'client',
      `timeout 300 sh -c "until curl -fs --max-time 2 -o /dev/null http://${VIP}/id; do :; done"`,
    );
    expect(await split(12)).toBe('web1 6  web2 6');
    expect((await lab.run('plan', 'lvs-dr')).changes).toEqual([]);
  });

  test('changes to NAT, where replies pass the director', async () => {
    const applied = await lab.converge('lvs-nat');
    expect(applied.messages).toContain('web1 6  web2 6');
    const before = await outPackets();
    expect(await split(12)).toBe('web1 6  web2 6');
    expect(await outPackets()).toBeGreaterThan(before);
    await splitsByWeight('lvs-nat', {});
  });

  test('changes back to DR', async () => {
    const applied = await lab.converge('lvs-dr');
    expect(applied.messages).toContain('web1 6  web2 6');
  });

  test('changes to TUN over a router, and carries an upload of 1 MB', async () => {
    describeCluster({ wire: 'far' });
    const applied = await lab.converge('lvs-tun');
    expect(applied.messages).toContain('web1 6  web2 6');
    const before = await outPackets();
    const upload = `head -c 1000000 /dev/zero | curl -fsS --max-time 60 -H Expect: --data-binary @- -o /dev/null -w "%{http_code}" http://${VIP}/id`;
    expect(await on('client', upload)).toBe('200');
    expect(await outPackets()).toBe(before);
    await splitsByWeight('lvs-tun', { wire: 'far' });
  });

  test('is taken away, and leaves nothing behind', async () => {
    await lab.converge('teardown');
    expect(await leftovers()).toEqual(bare);
  });
});

/** Opens new connections until /tmp/stop is there: one curl for 200 of them, each told to close. */
const LOAD = `rm -f /tmp/stop /tmp/codes; cat >/tmp/load.sh <<'END'
until [ -e /tmp/stop ]; do
  curl -s --max-time 20 -H 'Connection: close' -o /dev/null -w '%{http_code} %{exitcode} %{errormsg}, after %{time_total} s\\n' 'http://${VIP}/id?[1-200]' >>/tmp/codes
done
touch /tmp/stopped
END
rm -f /tmp/stopped; nohup sh /tmp/load.sh >/dev/null 2>&1 &`;

/** Goes on to 2,000 connections if there were fewer, stops, and counts. */
const STOP_LOAD = `until [ "$(wc -l </tmp/codes)" -ge 2000 ]; do :; done; touch /tmp/stop; until [ -e /tmp/stopped ]; do :; done
awk '$1 == 200 {good++; next} {bad = bad $0 "; "} END {printf "{\\"good\\": %d, \\"bad\\": \\"%s\\"}", good, bad}' /tmp/codes`;
