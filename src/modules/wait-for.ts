import * as z from 'zod';
import type { Capture } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { answers, run, type Step, step, type Wait } from '../model/step.ts';
import { hostPath } from './file-path.ts';
import { defineModule, refuse } from './module.ts';
import { NO_TOOL, waitScript } from './wait-script.ts';

const params = () =>
  z
    .strictObject({
      host: z
        .string()
        .regex(/^[\w.:-]+$/, 'This is no host name or address.')
        .default('127.0.0.1')
        .describe('Machine whose port is meant, as this host sees it; by default this host itself.'),
      port: z.int().min(1).max(65535).optional().describe('TCP port.'),
      path: hostPath.optional().describe('File, instead of a port.'),
      search_regex: z
        .string()
        .optional()
        .describe('Extended regular expression (grep -E) that a line of the file matches.'),
      state: z
        .enum(['started', 'stopped', 'present', 'absent'])
        .default('started')
        .describe(
          '`started`, `present`: the port is open, the file is there. `stopped`, `absent`: it is not.',
        ),
      timeout: z.number().positive().default(300).describe('Seconds after which the task fails.'),
      delay: z.number().min(0).default(0).describe('Seconds before it looks for the first time.'),
      sleep: z.number().positive().default(1).describe('Seconds between two looks.'),
      connect_timeout: z.int().min(1).default(5).describe('Seconds that one connection may take.'),
    })
    .refine((want) => (want.port === undefined) !== (want.path === undefined), {
      path: ['port'],
      error: 'Give either a port or a path.',
    })
    .refine((want) => want.search_regex === undefined || want.path !== undefined, {
      path: ['search_regex'],
      error: 'A search_regex needs a path: it is looked for in a file.',
    });

type Want = z.output<ReturnType<typeof params>>;

/** Waiting for a port or a file. */
export const waitFor = defineModule({
  name: 'wait_for',
  doc: `Waits until a port is open or closed, or a file is there or gone.

For a port of the host itself the kernel is asked who listens (/proc/net/tcp, proc(5)); nothing is connected to. For a port
of another machine the host connects to it, with bash, nc or curl, whichever it has. Waiting changes nothing: the task is
\`ok\`. In a dry run it looks only where nothing is to change before it.`,
  params,
  examples: [
    { title: 'The web server listens', params: { port: 80 } },
    { title: 'Another machine has come up', params: { host: '10.0.0.11', port: 22, timeout: 120 } },
    { title: 'A lock has gone', params: { path: '/run/lock/example', state: 'absent' } },
  ],
  readsWorld: true,
  identity: (want) => [want.path ?? `${want.host}:${want.port}`, want.state].join(' '),
  inspect: (want) => ({ now: probeOf(want) }),
  plan: (want, found) => {
    if (found.now.rc === 0 && want.delay === 0) return [];
    if (found.now.rc === NO_TOOL) {
      return refuse(
        'This host has neither bash nor nc nor curl, so it cannot try a port of another machine.',
        'Install one of them (module package), or ask from another host (delegate_to).',
      );
    }
    return [...delaySteps(want), waitStep(want)];
  },
});

function delaySteps(want: Want): readonly Step[] {
  if (want.delay === 0) return [];
  const action = run(['sleep', String(want.delay)]);
  return [step('delay', undefined, want.delay, { action, converges: false, changes: false })];
}

function waitStep(want: Want): Step {
  const what = want.path ?? `port ${want.port} of ${want.host}`;
  const action: Wait = {
    kind: 'wait',
    until: probeOf(want).argv,
    timeoutMs: want.timeout * 1000,
    intervalMs: want.sleep * 1000,
    onTimeout: 'fail',
    what: `${what} to be ${want.state}`,
  };
  const effects = [answers(probeOf(want), { rc: 0, stdout: '', stderr: '', missing: false })];
  return step(want.state, false, true, { action, effects, changes: false, converges: want.delay === 0 });
}

function probeOf(want: Want): Capture {
  const { host, port, path, search_regex: regex, connect_timeout: limit } = want;
  const wanted = want.state === 'started' || want.state === 'present' ? 'yes' : 'no';
  const what =
    path === undefined
      ? `${host} ${port} ${limit}`.split(' ')
      : [path, ...(regex === undefined ? [] : [regex])];
  const kind =
    path === undefined ? (isHere(host) ? 'listens' : 'connects') : regex === undefined ? 'exists' : 'matches';
  // Its own limits come first: trying three programs must not look like a hung host.
  return { ...capture('sh', '-c', waitScript(kind), 'sh', wanted, ...what), timeoutMs: (limit + 10) * 1000 };
}

const isHere = (host: string): boolean => /^(localhost|127\.[\d.]+|::1)$/.test(host);
