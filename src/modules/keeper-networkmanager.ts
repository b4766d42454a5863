import type { Capture, Captured, ReadFile, StatPath } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { answers, run, step } from '../model/step.ts';
import type { Keeper } from './keeper.ts';
import { unitKeeper } from './keeper-unit.ts';
import type { NetworkEntry } from './network-entry.ts';

type Probes = {
  readonly profile: Capture;
  readonly unitFile: ReadFile;
  readonly unitLink: StatPath;
  readonly wants: StatPath;
};

/** The device's profile: its UUID, then its addresses and routes, a property a line (nmcli(1)). */
const PROFILE = [
  'id=$(nmcli -g GENERAL.CON-UUID device show "$1" 2>/dev/null)',
  '[ -n "$id" ] || exit 0',
  'echo "$id"',
  'exec nmcli -f ipv4.addresses,ipv4.routes,ipv6.addresses,ipv6.routes connection show "$id"',
].join('; ');

const profileProbe = (device: string): Capture => capture('sh', '-c', PROFILE, 'sh', device);

/**
 * NetworkManager: the profile of the device, changed on disk and not applied, because applying it sets the device up
 * anew. A device without a profile, or lo, is kept by a unit of our own.
 */
export const networkManager: Keeper<Probes> = {
  inspect: (device) => ({ profile: profileProbe(device), ...unitKeeper.inspect(device) }),
  plan: (device, entry, kept, found) => {
    const id = found.profile.stdout.split('\n')[0]?.trim() ?? '';
    if (id === '' || device === 'lo') return unitKeeper.plan(device, entry, kept, found);
    const { property, value } = entry.nmcli;
    const held = holds(found.profile, entry);
    if (held === kept) return [];
    const action = run(['nmcli', 'connection', 'modify', id, `${kept ? '+' : '-'}${property}`, value]);
    const effects = [answers(profileProbe(device), printed(found.profile, entry, kept))];
    return [step('saved', held ? value : undefined, kept ? value : undefined, { action, effects })];
  },
};

/** Values of a property. nmcli prints a route as `10.0.0.0/8 10.0.0.1 100` or as `{ ip = …, nh = …, mt = … }`. */
function valuesOf(profile: Captured, property: string): readonly string[] {
  const line = profile.stdout.split('\n').find((each) => each.startsWith(`${property}:`)) ?? '';
  const text = line.slice(property.length + 1).trim();
  const routes = [...text.matchAll(/\{([^}]*)\}/g)].map(([, route = '']) =>
    route
      .replace(/\b(ip|nh|mt)\s*=\s*/g, '')
      .replaceAll(',', '')
      .trim()
      .replace(/\s+/g, ' '),
  );
  if (routes.length > 0) return routes;
  return text
    .split(/,|;/)
    .map((value) => value.trim())
    .filter((value) => value !== '' && value !== '--');
}

const holds = (profile: Captured, entry: NetworkEntry): boolean =>
  valuesOf(profile, entry.nmcli.property).includes(entry.nmcli.value);

function printed(profile: Captured, entry: NetworkEntry, kept: boolean): Captured {
  const { property, value } = entry.nmcli;
  const others = valuesOf(profile, property).filter((other) => other !== value);
  const values = kept ? [...others, value] : others;
  const lines = profile.stdout.split('\n').filter((line) => !line.startsWith(`${property}:`) && line !== '');
  return { ...profile, stdout: `${[...lines, `${property}: ${values.join(', ')}`].join('\n')}\n` };
}
