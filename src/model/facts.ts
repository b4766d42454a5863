/** What is known of a host as soon as it is connected. Playbooks read it as `facts.…`. */
export interface Facts {
  readonly hostname: string;
  readonly os: {
    /** `debian` (Debian, Ubuntu …), `redhat` (RHEL, Rocky, Alma, Fedora …), or the ID of os-release. */
    readonly family: string;
    /** ID of os-release: debian, ubuntu, rhel, rocky … */
    readonly id: string;
    /** VERSION_ID of os-release, such as "12" or "9.4"; '' where there is none. */
    readonly version: string;
    readonly codename: string;
    /** PRETTY_NAME. */
    readonly name: string;
  };
  /** `uname -r` and `uname -m`. */
  readonly kernel: string;
  readonly arch: string;
  /** MiB. */
  readonly memory_mib: number;
  readonly cpus: number;
  /** `apt`, `dnf`, `yum`, or 'none'. */
  readonly package_manager: string;
  /** `systemd` or 'none'. */
  readonly service_manager: string;
  /** Who owns the network: `networkd`, `networkmanager`, `netplan`, `ifupdown` or 'none'. */
  readonly network_owner: string;
  /** `enforcing`, `permissive`, `disabled`. */
  readonly selinux: string;
  /** Cards by name. */
  readonly interfaces: Readonly<Record<string, InterfaceFacts>>;
  /** IPv4 default gateway, '' where there is none. */
  readonly default_gateway: string;
  readonly default_interface: string;
  /** All addresses but loopback's, without prefix length. */
  readonly addresses: readonly string[];
  /** Who is logged in, before any become. */
  readonly user: string;
  readonly uid: number;
}

export interface InterfaceFacts {
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** In CIDR form. */
  readonly addresses: readonly string[];
}
