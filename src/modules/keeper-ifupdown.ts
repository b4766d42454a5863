import type { ReadFile } from '../model/probe.ts';
import { readFile } from '../model/probe-makers.ts';
import type { Keeper } from './keeper.ts';
import { refuse } from './module.ts';
import { WRITTEN, withBlock } from './network-blocks.ts';
import { editRefusal, fileSteps, textOf } from './text-file.ts';

interface Probes {
  readonly [probe: string]: ReadFile;
  readonly interfaces: ReadFile;
  readonly ours: ReadFile;
}

const MAIN = '/etc/network/interfaces';
const fileOf = (device: string): string => `${MAIN}.d/troupe-${device.replace(/[^\w-]/g, '-')}`;
/** Devices that kernel modules make, which no other stanza brings up. */
const SOFTWARE = /^(tunl|gre|sit|dummy)\d+$/;

/** ifupdown: stanzas of the same device add up (interfaces(5)), so each entry has one of its own. */
export const ifupdown: Keeper<Probes> = {
  inspect: (device) => ({ interfaces: readFile(MAIN), ours: readFile(fileOf(device)) }),
  plan: (device, entry, kept, found) => {
    const main = textOf(found.interfaces) ?? '';
    if (kept && !/^\s*source(-directory)?\s+\/etc\/network\/interfaces\.d\b/m.test(main)) {
      return refuse(
        `${MAIN} does not read ${MAIN}.d.`,
        `Add the line "source ${MAIN}.d/*" to it, or keep this until the next boot only (persistent: false).`,
      );
    }
    const refusal = editRefusal(fileOf(device), found.ours);
    if (refusal) return refusal;
    const before = textOf(found.ours) ?? '';
    const head = SOFTWARE.test(device) ? `${WRITTEN}\nauto ${device}` : WRITTEN;
    const stanza = [
      `iface ${device} ${entry.ipv6 ? 'inet6' : 'inet'} manual`,
      `    up ip link set dev ${device} up`,
      `    up ${entry.command.join(' ')}`,
    ].join('\n');
    return fileSteps(
      'saved',
      fileOf(device),
      before,
      withBlock(before, head, entry, kept ? stanza : undefined),
    );
  },
};
