/** One network card of a lab machine, on one of the lab's private layer-2 segments. */
export interface LabNic {
  /** Name of the segment, free to choose; machines that name the same segment share a wire. */
  readonly segment: string;
  /** Addresses in CIDR form, such as `10.0.1.10/24`. */
  readonly addresses: readonly string[];
  /** Default gateway reached through this card, if any. */
  readonly gateway?: string;
}

/** An empty disk of a lab machine. */
export interface LabDisk {
  readonly sizeMiB: number;
  /** Machines that name the same share one disk, as they would on a bus. */
  readonly shared?: string;
}

/** A throw-away machine as an inventory describes it under `lab:`. */
export interface LabMachine {
  readonly name: string;
  /** Memory in MiB. */
  readonly memoryMiB: number;
  /** Root image: `base` (systemd, sshd, iproute2) or `packaged` (the roles' packages installed too). */
  readonly image: 'base' | 'packaged';
  /** Empty disks, in order: /dev/disk/by-id/virtio-disk1, … */
  readonly disks: readonly LabDisk[];
  /** Cards in order: lan0, lan1, … */
  readonly nics: readonly LabNic[];
}

/** All machines of one inventory. */
export interface LabSpec {
  /** Short name, from the inventory's file name: `lab-dr`. */
  readonly name: string;
  /** Absolute path of the inventory; with the name it tells one lab from another. */
  readonly inventory: string;
  readonly machines: readonly LabMachine[];
}

/** How the controller reaches a machine of a lab that is up. */
export interface LabConnection {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  readonly connectTimeoutMs: number;
}
