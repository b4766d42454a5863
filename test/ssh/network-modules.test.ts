import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectSsh } from '../../src/hosts/ssh.ts';
import type { Host } from '../../src/model/host.ts';
import { isRoot, type Sshd, startSshd } from '../sshd/start-sshd.ts';
import { targetFor } from '../sshd/target.ts';
import { converge, fields } from './converge.ts';

const PLAN = { lock: false, holder: '', users: [] };

/** Each session has a network of its own, with nothing but lo, and a copy of /etc: nothing of this machine changes. */
const ISOLATED = [
  'ip link set lo up',
  'mount -t tmpfs none /mnt',
  'cp -a /etc/. /mnt',
  'mount --bind /mnt /etc',
  'exec sh -c "$SSH_ORIGINAL_COMMAND"',
].join(' && ');

function canIsolate(): boolean {
  try {
    execFileSync('unshare', ['-nm', 'sh', '-c', 'ip link show lo && mount -t tmpfs none /mnt'], {
      stdio: 'ignore',
    });
    return isRoot();
  } catch {
    return false;
  }
}

(canIsolate() ? describe : describe.skip)('in a network of its own', () => {
  let sshd: Sshd;
  let host: Host;
  const again = async (name: string, params: unknown): Promise<void> => {
    expect(fields(await converge(host, name, params))).toEqual([]);
  };
  const text = async (path: string): Promise<unknown> => {
    const { result } = await converge(host, 'command', { argv: ['cat', path] });
    return (result as { readonly stdout: string }).stdout;
  };

  beforeAll(async () => {
    sshd = await startSshd({ config: [`ForceCommand unshare -nm sh -c '${ISOLATED}'`] });
    const connected = await connectSsh(targetFor(sshd), PLAN);
    host = { ...connected, facts: { ...connected.facts, network_owner: 'networkd' } };
  });
  afterAll(async () => {
    await host.close();
    await sshd.stop();
  });

  test('ip_address gives a card an address, keeps it, and takes it back', async () => {
    const params = { address: '192.0.2.10/32', device: 'lo' };
    expect(fields(await converge(host, 'ip_address', params))).toEqual(['+ address', '+ saved']);
    await again('ip_address', params);
    const other = { address: '2001:db8::10/128', device: 'lo' };
    expect(fields(await converge(host, 'ip_address', other))).toEqual(['+ address', '~ saved']);
    expect(await text('/etc/systemd/network/50-troupe-lo.network')).toContain('Address=2001:db8::10/128');
    const labelled = { ...params, label: 'lo:vip' };
    expect(fields(await converge(host, 'ip_address', labelled))).toEqual(['~ label', '~ saved']);
    await converge(host, 'ip_address', { ...params, state: 'absent' });
    await again('ip_address', { ...params, state: 'absent' });
    await converge(host, 'ip_address', { ...other, state: 'absent' });
    await converge(host, 'command', { cmd: 'test ! -e /etc/systemd/network/50-troupe-lo.network' });
  });

  test('route sets a route, leads it elsewhere, and takes it back', async () => {
    await converge(host, 'ip_address', { address: '10.0.0.2/24', device: 'lo', persistent: false });
    const params = { to: 'default', via: '10.0.0.8', device: 'lo' };
    expect(fields(await converge(host, 'route', params))).toEqual(['+ route', '+ saved']);
    await again('route', params);
    const moved = { ...params, via: '10.0.0.9' };
    expect(fields(await converge(host, 'route', moved))).toEqual(['~ route', '~ saved']);
    await again('route', { ...params, state: 'absent' });
    const second = { to: '10.20.0.0/24', device: 'lo', metric: 50, table: 7, source: '10.0.0.2' };
    await converge(host, 'route', second);
    await again('route', second);
    await converge(host, 'route', { ...second, state: 'absent' });
    await converge(host, 'route', { ...moved, state: 'absent' });
  });

  test('sysctl sets a parameter to 0 too, keeps it, and forgets it', async () => {
    const name = 'net.ipv4.ip_forward';
    await converge(host, 'sysctl', { name, value: 1 });
    await again('sysctl', { name, value: 1 });
    expect(fields(await converge(host, 'sysctl', { name, value: 0 }))).toEqual(['~ live value', '~ saved']);
    await again('sysctl', { name, value: 0 });
    await converge(host, 'sysctl', { name, value: 1 });
    expect(fields(await converge(host, 'sysctl', { name, value: 0, state: 'absent' }))).toEqual([
      '~ live value',
      '- saved',
    ]);
  });

  test('hosts_entry names an address and forgets it', async () => {
    const before = await text('/etc/hosts');
    const params = { address: '192.0.2.11', names: ['web1.example.org', 'web1'] };
    await converge(host, 'hosts_entry', params);
    await again('hosts_entry', params);
    expect(await text('/etc/hosts')).toContain('192.0.2.11 web1.example.org web1');
    await converge(host, 'hosts_entry', { address: '192.0.2.11', state: 'absent' });
    expect(await text('/etc/hosts')).toBe(before);
  });

  test('modprobe and ipvs_service say what is missing', async () => {
    await expect(converge(host, 'modprobe', { name: 'no_such_module' })).rejects.toThrow('refused:');
    const service = { address: '192.0.2.10', port: 80 };
    await expect(converge(host, 'sysctl', { name: 'net.ipv4.vs.no_such', value: 1 })).rejects.toThrow(
      'refused:',
    );
    // Neither the program nor the kernel's module is needed to see that there is no service.
    await again('ipvs_service', { ...service, state: 'absent' });
  });
});

describe('asking others', () => {
  let sshd: Sshd;
  let host: Host;
  let server: Server;
  let base: string;

  beforeAll(async () => {
    sshd = await startSshd();
    host = await connectSsh(targetFor(sshd), PLAN);
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.statusCode = Number(request.url?.slice(1));
        response.end(
          `${request.method} ${request.headers['x-a'] ?? ''} ${Buffer.concat(parts).toString()}\n\n`,
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await host.close();
    await sshd.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  test('uri reads a page with all its newlines, and refuses another status', async () => {
    const params = { url: `${base}/200`, headers: { 'X-A': 1 }, return_content: true };
    expect((await converge(host, 'uri', params)).result).toMatchObject({
      status: 200,
      content: 'GET 1 \n\n',
    });
    await expect(converge(host, 'uri', { url: `${base}/503` })).rejects.toThrow('status 503, expected 200');
    await converge(host, 'uri', { url: `${base}/503`, status_code: 503 });
  });

  test('uri sends a body as it is, and fails on another status', async () => {
    const params = { url: `${base}/201`, method: 'POST', body: { a: `it's "$HOME"` }, status_code: 201 };
    const { result } = await converge(host, 'uri', { ...params, return_content: true });
    expect(result).toMatchObject({ status: 201, content: `POST  {"a":"it's \\"$HOME\\""}\n\n` });
    await expect(converge(host, 'uri', { ...params, url: `${base}/500` })).rejects.toThrow('HTTP status 500');
  });

  test('wait_for sees an open port, a closed one, and a file', async () => {
    expect(fields(await converge(host, 'wait_for', { port: sshd.port }))).toEqual([]);
    const local = await converge(host, 'wait_for', { host: sshd.address, port: sshd.port, timeout: 5 });
    expect(fields(local)).toEqual([]);
    const params = { port: 1, timeout: 0.1, sleep: 0.1 };
    await expect(converge(host, 'wait_for', params)).rejects.toThrow('An action failed');
    await converge(host, 'wait_for', { ...params, state: 'stopped' });
    await converge(host, 'wait_for', { path: '/etc/hostname', search_regex: '.' });
    await expect(converge(host, 'wait_for', { path: '/no/such', timeout: 0.1 })).rejects.toThrow(
      'An action failed',
    );
  });
});
