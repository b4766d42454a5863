import { trouble } from '../diagnostics/trouble.ts';
import type { MachineDriver } from './driver.ts';
import { DRIVER_NAMES, driverNamed } from './drivers.ts';
import type { LabOptions } from './progress.ts';
import type { DriverName, PassedOver } from './state.ts';

/** Names one of the drivers, which then is the only one that is tried. */
const VARIABLE = 'TROUPE_LAB_DRIVER';

export interface Choice {
  readonly driver: MachineDriver;
  /** Quicker ones, and why they cannot be used here. */
  readonly passedOver: readonly PassedOver[];
}

/** The driver that TROUPE_LAB_DRIVER names; undefined where it names none. Throws a Trouble for a name that is none. */
export function demandedDriver(): DriverName | undefined {
  const wanted = process.env[VARIABLE];
  if (!wanted) return undefined;
  const name = DRIVER_NAMES.find((one) => one === wanted);
  if (name) return name;
  throw trouble('lab-driver', `${VARIABLE} is "${wanted}", which is no driver of the lab.`, {
    help: `Set it to one of ${DRIVER_NAMES.join(', ')}, or leave it out: then the quickest that works is taken.`,
  });
}

/** The quickest driver that works on this machine: KVM, else User-Mode Linux, else emulation. */
export async function chooseDriver(options: LabOptions): Promise<Choice> {
  const demanded = demandedDriver();
  const passedOver: PassedOver[] = [];
  for (const name of demanded ? [demanded] : DRIVER_NAMES) {
    const driver = driverNamed(name, options.root);
    const why = await driver.unusable(options);
    if (why === undefined) return { driver, passedOver };
    passedOver.push({ driver: name, why });
  }
  const reasons = passedOver.map(({ driver, why }) => `${driver}: ${why}`).join('; ');
  throw trouble('lab-driver', `The lab cannot run machines here: ${reasons}.`, {
    help: demanded ? `Leave ${VARIABLE} out: then the quickest that works is taken.` : 'See docs/lab.md.',
  });
}
