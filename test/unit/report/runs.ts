import { fault } from '../../../src/diagnostics/trouble.ts';
import type { Change, Counts, Event, Status, TaskRef } from '../../../src/model/event.ts';

/** Events of a run as the engine emits them; `look` is where a test looks at the screen. */
export type Run = readonly (Event | 'look')[];

const task = (number: number, label: string, module: string): TaskRef => ({
  id: `web/${number}`,
  label,
  module,
  place: { file: '/srv/site.yml', line: 4 + 3 * number, column: 7 },
});
const install = task(1, 'realserver : install the web server', 'package');
const page = task(2, 'realserver : page that names the host', 'copy');
const arp = task(3, 'realserver : answer no ARP for the VIP', 'sysctl');
const secret = task(4, 'realserver : key of the peers', 'copy');
const restart: TaskRef = { ...task(5, 'realserver : restart apache2', 'service'), handler: true };

const before = (value: string): Pick<Change, 'before'> => ({ before: { kind: 'value', value } });
const text = (content: string) => ({ kind: 'text', text: content }) as const;
const added: Change = { sign: '+', field: 'packages', after: { kind: 'value', value: ['apache2', 'curl'] } };
const written: Change = {
  sign: '+',
  field: 'content',
  path: '/var/www/html/index.html',
  after: text('web\n'),
};
const rewritten: Change = { ...written, sign: '~', before: text('it works\n') };
const quiet: Change = {
  sign: '~',
  field: 'live value',
  ...before('0'),
  after: { kind: 'value', value: '1' },
};
const closed: Change = {
  sign: '~',
  field: 'mode',
  ...before('0644'),
  after: { kind: 'value', value: '4755' },
};
const logo: Change = {
  sign: '~',
  field: 'content',
  path: '/var/www/html/logo.png',
  before: { kind: 'binary', size: 900, sha256: '0'.repeat(64) },
  after: { kind: 'binary', size: 1200, sha256: '1'.repeat(64) },
};
const members: Change = {
  sign: '~',
  field: 'members',
  before: { kind: 'value', value: ['web1', 'web2'] },
  after: { kind: 'value', value: ['web2', 'web3'] },
};
const long: Change = {
  sign: '+',
  field: 'content',
  path: '/etc/long',
  after: text(Array.from({ length: 60 }, (_, line) => `line ${line + 1}\n`).join('')),
};
const gone: Change = { sign: '-', field: 'state', ...before('file') };
const hidden: Change = { sign: '~', field: 'content', before: { kind: 'secret' }, after: { kind: 'secret' } };
const restarted: Change = { sign: '~', field: 'restarts', after: { kind: 'value', value: true } };

const started = (host: string, ref: TaskRef): Event => ({ event: 'task_started', host, task: ref });
const said = (host: string, ref: TaskRef, line: string): Event => ({
  event: 'task_output',
  host,
  task: ref,
  stream: 'stdout',
  text: line,
});
const finished = (host: string, ref: TaskRef, status: Status, ...changes: readonly Change[]): Event => ({
  event: 'task_finished',
  host,
  task: ref,
  status,
  changes,
});
const begin = (mode: 'plan' | 'apply', hosts: readonly string[]): Run => [
  { event: 'run_started', mode, playbook: '/srv/site.yml', hosts },
  { event: 'play_started', play: 'Real servers', hosts, tasks: 4 },
  ...hosts.map((host): Event => ({ event: 'host_started', host, tasks: 4 })),
  'look',
  ...hosts.map((host): Event => ({ event: 'host_connected', host, os: 'debian' })),
];
const end = (host: string): Event => ({ event: 'host_finished', host });
const recap = (
  mode: 'plan' | 'apply',
  exit: number,
  hosts: Readonly<Record<string, Partial<Counts>>>,
): Event => ({
  event: 'recap',
  mode,
  exit,
  hosts: Object.fromEntries(
    Object.entries(hosts).map(([host, counts]) => [
      host,
      { ok: 0, changed: 0, skipped: 0, failed: 0, unreachable: 0, unknown: 0, ...counts },
    ]),
  ),
  frames: Object.fromEntries(Object.keys(hosts).map((host) => [host, 1])),
});

const forty = Array.from({ length: 40 }, (_, index) => `web${index + 1}`);
const inTurn = (ref: TaskRef, ...changes: readonly Change[]): Run => [
  ...forty.map((host) => started(host, ref)),
  ...forty.slice(0, 30).map((host) => finished(host, ref, 'changed', ...changes)),
  'look',
  ...forty.slice(30).map((host) => finished(host, ref, 'changed', ...changes)),
];

/** Runs by the name of their golden files. */
export const runs: Readonly<Record<string, Run>> = {
  'bare-host': [
    ...begin('plan', ['web1']),
    finished('web1', install, 'changed', added),
    finished('web1', page, 'changed', written),
    'look',
    {
      event: 'task_finished',
      host: 'web1',
      task: arp,
      status: 'unknown',
      changes: [],
      reason: 'hangs on what changes before it',
    },
    finished('web1', secret, 'changed', hidden),
    finished('web1', restart, 'changed', restarted),
    end('web1'),
    recap('plan', 2, { web1: { changed: 4, unknown: 1 } }),
  ],
  'changed-host': [
    ...begin('apply', ['web1']),
    started('web1', install),
    said('web1', install, 'Reading lists…\r\n\x1b[1mUnpacking apache2\x1b[0m (2.4.62) ...\n'),
    'look',
    finished('web1', install, 'changed', added),
    started('web1', page),
    finished('web1', page, 'changed', rewritten, closed),
    'look',
    finished('web1', arp, 'changed', quiet),
    finished('web1', task(6, 'realserver : logo', 'copy'), 'changed', logo),
    finished('web1', task(7, 'realserver : peers', 'lineinfile'), 'changed', members),
    finished('web1', task(8, 'realserver : long file', 'copy'), 'changed', long),
    finished('web1', task(9, 'realserver : old page', 'file'), 'changed', gone),
    finished('web1', secret, 'ok'),
    started('web1', restart),
    'look',
    finished('web1', restart, 'changed', restarted),
    end('web1'),
    recap('apply', 0, { web1: { ok: 1, changed: 8 } }),
  ],
  'drifted-host': [
    { event: 'run_started', mode: 'apply', playbook: '/srv/site.yml', hosts: ['web1', 'web2'] },
    {
      event: 'host_drifted',
      host: 'web1',
      diagnostic: fault('drifted', 'web1 has drifted: it is not as the plan found it.', {
        host: 'web1',
        help: 'Nothing was changed on any host.',
      }),
      drift: [
        { task: page, changes: [{ ...rewritten, after: text('by hand\n') }] },
        { task: arp, changes: [], reason: 'was skipped (when: false), is ok now' },
      ],
    },
    recap('apply', 1, { web1: { failed: 1 }, web2: {} }),
  ],
  'unchanged-host': [
    ...begin('plan', ['web1']),
    ...[install, page, arp, secret].map((ref) => finished('web1', ref, 'ok')),
    'look',
    end('web1'),
    recap('plan', 0, { web1: { ok: 4 } }),
  ],
  'forty-hosts': [
    ...begin('apply', forty),
    ...inTurn(install, added),
    ...inTurn(page, rewritten),
    ...forty.slice(1).map(end),
    'look',
    end('web1'),
    recap('apply', 0, Object.fromEntries(forty.map((host) => [host, { changed: 2 }]))),
  ],
  'failing-host': [
    ...begin('apply', ['web1', 'web2']),
    {
      event: 'host_unreachable',
      host: 'web2',
      diagnostic: fault('unreachable', 'web2: 192.0.2.2:22 cannot be reached: no answer in 10 s.', {
        host: 'web2',
        help: 'Check address and port in the inventory; by hand: ssh root@192.0.2.2',
      }),
    },
    end('web2'),
    started('web1', install),
    'look',
    {
      event: 'task_finished',
      host: 'web1',
      task: install,
      status: 'failed',
      changes: [added],
      diagnostic: fault('action-failed', 'apt-get install apache2 exited with 100.', {
        host: 'web1',
        place: install.place,
        help: 'Mend the cause and run it again.',
      }),
    },
    end('web1'),
    recap('apply', 1, { web1: { failed: 1 }, web2: { unreachable: 1 } }),
  ],
};
