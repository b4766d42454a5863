import type { LabMachine } from '../model/lab.ts';
import type { Guest } from './guest.ts';
import type { ImageParts } from './image.ts';
import type { LabOptions } from './progress.ts';
import type { DriverName, LabState } from './state.ts';
import type { Waking } from './waking.ts';

/**
 * What runs a lab's machines. All else is common: images, identity, state, lock and commands. A machine's process, whatever
 * it is, has its id in `NAME.pid` of the lab's folder, and takes everything that belongs to it along when it is killed.
 */
export interface MachineDriver {
  readonly name: DriverName;
  /** How people call it, with what it means for speed. */
  readonly title: string;
  /** Programs that running machines takes. */
  readonly programs: readonly string[];
  /** True where a new machine starts from a memory that was kept, in which the clock stood still. */
  readonly stoppedClock: boolean;
  /** Why it cannot be used on this machine, as one sentence; undefined where it can. Tries a tiny guest, with a time limit. */
  unusable(options: LabOptions): Promise<string | undefined>;
  /** What its images hold besides what is common. */
  imageParts(options: LabOptions): Promise<ImageParts>;
  /** The folder that a new machine's disks come from; made where it is missing. */
  origin(machine: LabMachine, image: string, options: LabOptions): Promise<string>;
  /** A wire for one more segment; `taken` are those that the lab has. */
  wire(taken: readonly string[]): Promise<string>;
  /** Makes what carries the lab's wires and leads to its machines. It may be there already, whole or in part. */
  openNetwork(folder: string, state: LabState): Promise<void>;
  /** The files that are a machine's own disks, the root disk first. */
  disks(waking: Waking): readonly string[];
  /** Makes the disks of a new machine. */
  makeDisks(waking: Waking): Promise<void>;
  /** Starts a machine from its disks, in the background: a new one, which has no name yet, or one that was off. */
  start(waking: Waking, how: 'new' | 'off'): Promise<Guest>;
  /** Takes a running machine back to how it was when new, before it had its name; false where it has to be made anew. */
  rewind(waking: Waking): Promise<boolean>;
  /** Keeps how a running machine is, under a name. */
  keep(waking: Waking, name: string): Promise<void>;
  /** Takes a machine back to what was kept under a name. */
  restore(waking: Waking, name: string): Promise<void>;
  /** Pulls the cable of a card out or puts it in again; the machine itself does not notice. */
  plug(waking: Waking, card: number, isIn: boolean): Promise<void>;
}
