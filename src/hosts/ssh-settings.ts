import { homedir, userInfo } from 'node:os';
import type { Target } from '../model/host.ts';
import { expandPath } from './expand-path.ts';
import { sshConfig } from './ssh-config.ts';

/** How to reach one machine: the inventory's word first, then ~/.ssh/config, /etc/ssh/ssh_config and defaults. */
export interface SshSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  /** The identity files were named, not just the usual ones. */
  readonly namedIdentity: boolean;
  /** Socket of an agent, which is not asked where IdentitiesOnly says so. */
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** Name to look up in known_hosts. */
  readonly keyName: string;
  readonly strict: 'yes' | 'ask' | 'accept-new' | 'no';
  /** Machines to go through, the first one first: [user@]host[:port]. */
  readonly jumps: readonly string[];
  readonly timeoutMs: number;
  readonly keepaliveMs: number;
  readonly keepaliveCount: number;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const KEEPALIVE_MS = 15_000;

export type SshTarget = Pick<
  Target,
  'address' | 'port' | 'user' | 'identityFile' | 'knownHostsFile' | 'proxyJump' | 'connectTimeoutMs'
>;

/** Settings for a target, by the configuration files as they are now; `home` is where ~ is. */
export function sshSettings(target: SshTarget, home: string = process.env.HOME || homedir()): SshSettings {
  const config = computed(target, home);
  const one = (key: string): string | undefined => [config[key]].flat()[0];
  const list = (key: string): readonly string[] => [config[key] ?? []].flat();
  const host = one('hostname')?.replaceAll('%h', target.address) ?? target.address;
  const me = userInfo().username;
  const user = target.user ?? one('user') ?? me;
  const port = target.port ?? Number(one('port') ?? 22);
  const expand = (path: string): string =>
    expandPath(path, home, { h: host, r: user, p: String(port), u: me });
  const named = target.identityFile ? [target.identityFile] : list('identityfile');
  const agent = one('identityagent') ?? process.env.SSH_AUTH_SOCK;
  const jump = target.proxyJump ?? one('proxyjump') ?? 'none';
  const seconds = Number(one('connecttimeout'));
  const alive = Number(one('serveraliveinterval'));
  return {
    host,
    port,
    user,
    identityFiles: (named.length > 0 ? named : DEFAULT_KEYS.map((name) => `~/.ssh/${name}`)).map(expand),
    namedIdentity: named.length > 0,
    agent:
      !agent || agent === 'none' || isYes(one('identitiesonly'))
        ? undefined
        : expand(agent === 'SSH_AUTH_SOCK' ? (process.env.SSH_AUTH_SOCK ?? '') : agent) || undefined,
    knownHostsFiles: target.knownHostsFile
      ? [expand(target.knownHostsFile)]
      : [
          ...(list('userknownhostsfile').length > 0 ? list('userknownhostsfile') : ['~/.ssh/known_hosts']),
          ...(list('globalknownhostsfile').length > 0
            ? list('globalknownhostsfile')
            : ['/etc/ssh/ssh_known_hosts']),
        ].map(expand),
    keyName: one('hostkeyalias') ?? host,
    strict: strictness(one('stricthostkeychecking')),
    jumps: jump === 'none' || jump === '' ? [] : jump.split(',').map((part) => part.trim()),
    timeoutMs: seconds > 0 ? seconds * 1000 : target.connectTimeoutMs,
    keepaliveMs: alive > 0 ? alive * 1000 : KEEPALIVE_MS,
    keepaliveCount: Number(one('serveralivecountmax') ?? 3),
  };
}

/** `[user@]host[:port]` of a ProxyJump, as a target of its own; what it leaves out comes from the configuration. */
export function jumpTarget(jump: string, target: SshTarget): SshTarget {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(jump);
  const [, user, host = jump, port] = match ?? [];
  return {
    address: host.replace(/^\[|\]$/g, ''),
    connectTimeoutMs: target.connectTimeoutMs,
    proxyJump: 'none',
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(target.identityFile === undefined ? {} : { identityFile: target.identityFile }),
    ...(target.knownHostsFile === undefined ? {} : { knownHostsFile: target.knownHostsFile }),
  };
}

const isYes = (value: string | undefined): boolean => /^(yes|true)$/i.test(value ?? '');

function strictness(value: string | undefined): SshSettings['strict'] {
  if (/^(yes|true)$/i.test(value ?? '')) return 'yes';
  if (/^(no|off|false)$/i.test(value ?? '')) return 'no';
  return value?.toLowerCase() === 'accept-new' ? 'accept-new' : 'ask';
}

function computed(target: SshTarget, home: string): Record<string, string | string[]> {
  const user = target.user === undefined ? {} : { User: target.user };
  return sshConfig(home).compute({ Host: target.address, ...user }, { ignoreCase: true }) as Record<
    string,
    string | string[]
  >;
}
