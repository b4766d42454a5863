import type { Target } from '../../src/model/host.ts';
import type { Sshd } from './start-sshd.ts';

/** A target that reaches a test server. */
export const targetFor = (sshd: Sshd, more: Partial<Target> = {}): Target => ({
  name: 'web1',
  connection: 'ssh',
  address: sshd.address,
  port: sshd.port,
  user: sshd.user,
  identityFile: sshd.identityFile,
  knownHostsFile: sshd.knownHostsFile,
  connectTimeoutMs: 10_000,
  ...more,
});
