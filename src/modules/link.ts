import type { Capture, Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { answers, run, type Step, step } from '../model/step.ts';
import { type Refusal, refuse, type Surroundings } from './module.ts';

/** Asks for a network device: `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 …`. */
export const linkProbe = (device: string): Capture => ({
  ...capture('ip', '-o', 'link', 'show', 'dev', device),
  device,
});

/** True where the device is there. */
export const hasLink = (link: Captured): boolean => link.rc === 0;

/** A step that sets a device up, where it is not. */
export function upSteps(device: string, link: Captured): readonly Step[] {
  const flags = /<([^>]*)>/.exec(link.stdout)?.[1]?.split(',') ?? [];
  if (flags.includes('UP')) return [];
  const stdout = `9: ${device}: <${[...flags.filter(Boolean), 'UP', 'LOWER_UP'].join(',')}>\n`;
  return [
    step('device', 'down', 'up', {
      action: run(['ip', 'link', 'set', 'dev', device, 'up']),
      effects: [answers(linkProbe(device), { rc: 0, stdout, stderr: '', missing: false })],
    }),
  ];
}

/** Why nothing can be done about a device; undefined where all is well. */
export function linkRefusal(device: string, link: Captured, around: Surroundings): Refusal | undefined {
  if (link.missing)
    return refuse('There is no program ip on this host.', 'Install iproute2 (iproute on RHEL).');
  if (hasLink(link)) return undefined;
  return refuse(
    `There is no network device ${device} on this host.`,
    `It has: ${Object.keys(around.facts.interfaces).join(', ')}. tunl0 comes with the kernel module ipip (module modprobe).`,
  );
}
