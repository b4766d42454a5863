import type { Connect, Host } from '../model/host.ts';

/** Connections that outlive a run, with their locks: what one run has found, the next one finds untouched. */
export class KeptConnections {
  readonly #connect: Connect;
  readonly #open = new Map<string, Host>();

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  /** Opens a connection, or hands out the one that is open; closing it waits for `closeAll`. */
  readonly connect: Connect = async (target, options) => {
    const open = this.#open.get(target.name);
    if (open) return open;
    const host = await this.#connect(target, { ...options, lock: true });
    const kept: Host = {
      name: host.name,
      facts: host.facts,
      shell: (user) => host.shell(user),
      close: async () => {},
    };
    this.#open.set(target.name, kept);
    this.#hosts.push(host);
    return kept;
  };

  readonly #hosts: Host[] = [];

  async closeAll(): Promise<void> {
    await Promise.allSettled(this.#hosts.map((host) => host.close()));
  }
}
