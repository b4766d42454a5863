import type { MachineDriver } from './driver.ts';
import { qemuDriver } from './qemu/driver.ts';
import type { DriverName } from './state.ts';
import { umlDriver } from './uml/driver.ts';

/** The quickest first. */
export const DRIVER_NAMES: readonly DriverName[] = ['kvm', 'uml', 'tcg'];

/** The driver of a name; `root` is the folder of Troupe itself, where its scripts lie. */
export const driverNamed = (name: DriverName, root: string): MachineDriver =>
  name === 'uml' ? umlDriver(root) : qemuDriver(name);
