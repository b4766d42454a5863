import * as z from 'zod';
import type { UnitState } from '../model/probe.ts';
import { unit } from '../model/probe-makers.ts';
import { answers, type Run, run, type Step, step } from '../model/step.ts';
import { type AnyModule, defineModule, type Refusal, refuse, type Surroundings } from './module.ts';

const SUFFIX = /\.(service|socket|target|timer|mount|automount|path|slice|scope|swap|device)$/;

const params = () =>
  z
    .strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z0-9@:_.\\-]+$/, { error: 'This cannot be the name of a unit.' })
        .optional()
        .describe('Name of the unit; `.service` may be left out.'),
      state: z
        .enum(['started', 'stopped', 'restarted', 'reloaded'])
        .optional()
        .describe(
          '`restarted` and `reloaded` act each time, so they belong in handlers; a unit that cannot reload is restarted. A unit that is not there counts as stopped.',
        ),
      enabled: z
        .boolean()
        .optional()
        .describe(
          'Started at boot. A unit without an `[Install]` section, or of an init script, counts as enabled.',
        ),
      masked: z.boolean().optional().describe('Cannot be started by anything.'),
      daemon_reload: z
        .boolean()
        .default(false)
        .describe(
          'Let systemd read its unit files again first. A unit whose own file has changed is read again in any case.',
        ),
    })
    .refine((want) => want.name !== undefined || want.daemon_reload, {
      error: 'Give the name.',
      path: ['name'],
    })
    .refine((want) => want.name !== undefined || (want.state ?? want.enabled ?? want.masked) === undefined, {
      error: 'Give the name of the unit that is meant.',
      path: ['name'],
    })
    .refine((want) => !want.masked || want.state === undefined || want.state === 'stopped', {
      error: 'A masked unit cannot be started.',
      path: ['state'],
    });

type Want = z.infer<ReturnType<typeof params>>;
interface FoundUnit {
  readonly unit?: UnitState;
}

const definition = (name: string, doc: string): AnyModule =>
  defineModule({
    name,
    doc,
    params,
    examples: [
      {
        title: 'Running, now and after a reboot',
        params: { name: 'apache2', state: 'started', enabled: true },
      },
      { title: 'As a handler', params: { name: 'haproxy', state: 'reloaded' } },
      { title: 'Out of the way', params: { name: 'ipvsadm', state: 'stopped', masked: true } },
    ],
    identity: (want: Want) => want.name ?? 'daemon-reload',
    inspect,
    plan,
  });

/** Without systemd there is nobody to ask. */
const inspect = (want: Want, { facts }: Surroundings) =>
  want.name === undefined || facts.service_manager !== 'systemd' ? {} : { unit: unit(unitName(want.name)) };

/** Keeps systemd units as they should be. */
export const service = definition(
  'service',
  'Keeps a systemd unit started or stopped, enabled or not. When one does not start, its status and last lines of log are shown.',
);
/** Ansible's other name for it. */
export const systemd = definition(
  'systemd',
  'Another name of `service`. Both manage any kind of systemd unit.',
);

const unitName = (name: string): string => (SUFFIX.test(name) ? name : `${name}.service`);

function plan(want: Want, found: FoundUnit, around: Surroundings): readonly Step[] | Refusal {
  if (around.facts.service_manager !== 'systemd') {
    return refuse('this host does not run systemd', 'Troupe manages services through systemd only.');
  }
  if (want.name === undefined || !found.unit) return [reload()];
  const name = unitName(want.name);
  const refusal = impossible(want, name, found.unit);
  if (refusal) return refusal;
  if (found.unit.load === 'not-found') return [];
  const steps = stepsFor(want, name, found.unit);
  return want.daemon_reload && steps.length > 0 ? [reload(), ...steps] : steps;
}

/** A reload alters nothing by itself, and so it does not make a task changed. */
const reload = (): Step =>
  step('unit files', 'as read', 'read again', {
    action: run(['systemctl', 'daemon-reload']),
    converges: false,
    changes: false,
  });

function impossible(want: Want, name: string, now: UnitState): Refusal | undefined {
  const idle = (want.state === undefined || want.state === 'stopped') && !want.enabled;
  if (now.load === 'not-found') {
    if (idle && want.masked === undefined) return undefined;
    return refuse(
      `there is no unit ${name} on this host`,
      'Check its name, and that its package is installed before.',
    );
  }
  if (now.load === 'bad-setting' || now.load === 'error') {
    return refuse(
      `systemd cannot load ${name} (${now.load})`,
      `"systemctl status ${name}" on the host says why.`,
    );
  }
  if (now.load === 'masked' && want.masked === undefined && !idle) {
    return refuse(`${name} is masked`, 'masked: false unmasks it.');
  }
  if (want.enabled === false && now.enabled === 'generated' && !want.masked) {
    return refuse(
      `${name} comes from an init script, and systemd cannot tell whether that is enabled`,
      'masked: true keeps it from starting.',
    );
  }
  return undefined;
}

function stepsFor(want: Want, name: string, found: UnitState): readonly Step[] {
  const steps: Step[] = [];
  let now = found;
  const add = (
    field: string,
    before: string | boolean,
    after: string | boolean,
    action: Run,
    next: UnitState,
  ) => {
    now = next;
    steps.push(step(field, before, after, { action, effects: [answers(unit(name), now)] }));
  };
  if (want.masked === false && now.load === 'masked') {
    add('masked', true, false, run(['systemctl', 'unmask', name]), {
      ...now,
      load: 'loaded',
      enabled: 'disabled',
    });
  }
  if (want.enabled === true && ['disabled', ''].includes(now.enabled)) {
    add('enabled', false, true, run(['systemctl', 'enable', name]), { ...now, enabled: 'enabled' });
  }
  if (want.enabled === false && ['enabled', 'enabled-runtime'].includes(now.enabled)) {
    add('enabled', true, false, run(['systemctl', 'disable', name]), { ...now, enabled: 'disabled' });
  }
  if (want.state === 'started' && !isRunning(now)) {
    add('state', now.active, 'active', act('start', name), { ...now, active: 'active' });
  }
  if (want.state === 'stopped' && (isRunning(now) || now.active === 'deactivating')) {
    add('state', now.active, 'inactive', run(['systemctl', 'stop', name]), { ...now, active: 'inactive' });
  }
  if (want.state === 'restarted' || want.state === 'reloaded') {
    const verb = want.state === 'restarted' ? 'restart' : 'reload-or-restart';
    const effects = [answers(unit(name), { ...now, active: 'active' })];
    steps.push(step('state', now.active, want.state, { action: act(verb, name), effects, converges: false }));
  }
  if (want.masked === true && now.load !== 'masked') {
    add('masked', false, true, run(['systemctl', 'mask', name]), {
      ...now,
      load: 'masked',
      enabled: 'masked',
    });
  }
  return steps;
}

const isRunning = ({ active }: UnitState): boolean =>
  ['active', 'activating', 'reloading', 'refreshing'].includes(active);

/** Reads a changed unit file again first, and says why a unit did not start. */
const ACT = `[ "$(systemctl show -p NeedDaemonReload --value -- "$2")" != yes ] || systemctl daemon-reload || exit
systemctl "$1" -- "$2" && exit
status=$?
systemctl --no-pager -l -n 15 status -- "$2" >&2
exit $status`;

const act = (verb: string, name: string): Run => run(['sh', '-c', ACT, 'sh', verb, name]);
