import { trouble } from '../diagnostics/trouble.ts';
import type { LabMachine, LabSpec } from '../model/lab.ts';
import type { MachineDriver } from './driver.ts';
import { inGuest } from './guest.ts';
import { machineNotUp, onEach } from './on-each.ts';
import type { LabOptions } from './progress.ts';
import { updateMachine } from './state.ts';
import { guestOf, isRunning, stateOf, type Waking } from './waking.ts';

/** Cards on the lab's segments: those of these machines, on this segment; without either, all. */
export interface Links {
  readonly hosts: readonly string[];
  readonly segment?: string;
}

/** What a slow card does to the packets that its machine sends (tc-netem(8)). */
export interface Slowness {
  /** Milliseconds that each packet waits. */
  readonly delayMs?: number;
  /** Percentage of packets that are lost. */
  readonly lossPercent?: number;
  /** Most that is sent, in Mbit/s. */
  readonly rateMbit?: number;
}

/** Takes cards off their segments: no packet comes or goes, and the machine keeps its carrier. It lasts until `labHeal`. */
export const labCut = (spec: LabSpec, links: Links, options: LabOptions): Promise<void> =>
  onCards(spec, links, options, 'is cut off', (driver, waking, cards) => plug(driver, waking, cards, false));

/** Puts cards back on their segments, as quick as they were. */
export const labHeal = (spec: LabSpec, links: Links, options: LabOptions): Promise<void> =>
  onCards(spec, links, options, 'is whole', async (driver, waking, cards) => {
    await plug(driver, waking, cards, true);
    await shape(waking, cards, (card) => `tc qdisc del dev ${card} root 2>/dev/null || true`);
  });

/** Makes cards slow or lossy, until `labHeal` or until the machine boots again. */
export const labSlow = (spec: LabSpec, links: Links, how: Slowness, options: LabOptions): Promise<void> =>
  onCards(spec, links, options, 'is slow', async (_driver, waking, cards) => {
    const netem = [
      ...(how.delayMs === undefined ? [] : [`delay ${how.delayMs}ms`]),
      ...(how.lossPercent === undefined ? [] : [`loss ${how.lossPercent}%`]),
      ...(how.rateMbit === undefined ? [] : [`rate ${how.rateMbit}mbit`]),
    ].join(' ');
    await shape(waking, cards, (card) => `tc qdisc replace dev ${card} root netem ${netem}`);
  });

async function plug(
  driver: MachineDriver,
  waking: Waking,
  cards: readonly number[],
  isIn: boolean,
): Promise<void> {
  const others = (stateOf(waking).unplugged ?? []).filter((card) => !cards.includes(card));
  // Written down for the time after it boots again.
  updateMachine(waking.folder, waking.machine.name, { unplugged: isIn ? others : [...others, ...cards] });
  if (isRunning(waking)) for (const card of cards) await driver.plug(waking, card, isIn);
}

async function shape(
  waking: Waking,
  cards: readonly number[],
  line: (card: string) => string,
): Promise<void> {
  if (!isRunning(waking)) return;
  const lines = cards.map((card) => line(`lan${card}`));
  await inGuest(guestOf(waking), () => `modprobe -q sch_netem || true\n${lines.join('\n')}\n`);
}

async function onCards(
  spec: LabSpec,
  links: Links,
  options: LabOptions,
  outcome: string,
  act: (driver: MachineDriver, waking: Waking, cards: readonly number[]) => Promise<void>,
): Promise<void> {
  const segments = new Set(spec.machines.flatMap(({ nics }) => nics.map(({ segment }) => segment)));
  const { segment } = links;
  if (segment !== undefined && !segments.has(segment)) {
    throw trouble('lab-no-segment', `The lab ${spec.name} has no segment "${segment}".`, {
      help: `Its segments: ${[...segments].join(', ') || 'none'}.`,
    });
  }
  const cardsOf = (machine: LabMachine): readonly number[] =>
    machine.nics.flatMap((nic, card) => (segment === undefined || nic.segment === segment ? [card] : []));
  const named = links.hosts.length > 0 ? links.hosts : spec.machines.map(({ name }) => name);
  // Of machines that were named each has to have such a card.
  const hosts = named.filter((name) => {
    const machine = spec.machines.find((one) => one.name === name);
    return !machine || links.hosts.length > 0 || cardsOf(machine).length > 0;
  });
  await onEach(
    spec,
    options,
    async (driver, waking) => {
      const { machine } = waking;
      const cards = cardsOf(machine);
      if (cards.length === 0) throw noCard(machine.name, segment);
      if (!stateOf(waking).ready) throw machineNotUp(spec, machine.name);
      await act(driver, waking, cards);
      const names = cards.map((card) => `lan${card} (${machine.nics[card]?.segment})`).join(', ');
      options.onProgress({ machine: machine.name, phase: 'changed', detail: `${names} ${outcome}` });
    },
    hosts,
  );
}

const noCard = (host: string, segment: string | undefined) =>
  trouble(
    'lab-no-segment',
    `${host} has no card${segment === undefined ? '' : ` on the segment ${segment}`}.`,
    {
      help: 'Its cards are those of its nics: in the inventory.',
      host,
    },
  );
