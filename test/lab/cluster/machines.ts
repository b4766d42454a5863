import type { ValueMap } from '../../../src/model/value.ts';

/** What a scenario changes in the cluster's inventory. */
export interface Wish {
  /** Which addresses of the real servers are used: those beside the director, or those behind the router. */
  readonly wire?: 'back' | 'far';
  readonly scheduler?: string;
  readonly services?: readonly ValueMap[];
  /** Variables of one real server. */
  readonly web1?: ValueMap;
  readonly web2?: ValueMap;
}

/**
 * Five machines whose wires allow every mode: client and director in front; director and real servers on `back` (nat,
 * dr); real servers also on `far`, which only the router reaches (tun). The router stands on all three, and serves the
 * real servers' share.
 */
export function inventory(wish: Wish): ValueMap {
  const wire = wish.wire ?? 'back';
  const real = (number: number, more: ValueMap = {}): ValueMap => ({
    rip: `${wire === 'far' ? '10.30' : '10.20'}.0.${number}`,
    lab: { nics: [nic('back', number), nic('far', number)] },
    ...more,
  });
  return {
    all: {
      vars: {
        lab: { memory: 384, image: 'base' },
        lvs_vip: { address: VIP, interface: 'lan0' },
        lvs_inside_interface: 'lan1',
        // For the web cluster, which says its mode itself.
        lvs_mode: 'dr',
        web_page: 'one',
        lvs_services: wish.services ?? [{ protocol: 'tcp', port: 80, scheduler: wish.scheduler ?? 'rr' }],
      },
      children: {
        clients: { hosts: { client: { lab: { nics: [nic('front', 10)] } } } },
        directors: {
          hosts: {
            director: {
              routes: [{ to: '10.30.0.0/24', via: '10.10.0.1', device: 'lan0' }],
              lab: { nics: [nic('front', 2), nic('back', 2)] },
            },
          },
        },
        routers: { hosts: { router: { lab: { nics: [nic('front', 1), nic('back', 1), nic('far', 1)] } } } },
        realservers: {
          vars: {
            nat_gateway: { via: '10.20.0.2', device: 'lan0' },
            gateway: { via: '10.20.0.1', device: 'lan0' },
          },
          hosts: { web1: real(11, wish.web1), web2: real(12, wish.web2) },
        },
        nfs_servers: { vars: { nfs_exports: [SHARE] }, hosts: { router: {} } },
        nfs_clients: {
          vars: { nfs_mounts: [{ src: '10.20.0.1:/srv/www', path: '/var/www/html/share' }] },
          children: { realservers: {} },
        },
      },
    },
  };
}

const SHARE = {
  path: '/srv/www',
  acl: [{ etype: 'user', entity: 65_534, permissions: 'rwx' }],
  clients: [{ host: '10.20.0.0/24', options: ['rw'] }],
};

export const VIP = '10.10.0.100';
export const MACHINES = ['client', 'director', 'router', 'web1', 'web2'] as const;

const NETWORKS = { front: '10.10.0', back: '10.20.0', far: '10.30.0' } as const;

const nic = (segment: keyof typeof NETWORKS, number: number): ValueMap => ({
  segment,
  addresses: [`${NETWORKS[segment]}.${number}/24`],
});
