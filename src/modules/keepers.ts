import type { Facts } from '../model/facts.ts';
import type { AnyKeeper } from './keeper.ts';
import { ifupdown } from './keeper-ifupdown.ts';
import { networkd } from './keeper-networkd.ts';
import { networkManager } from './keeper-networkmanager.ts';
import { unitKeeper } from './keeper-unit.ts';

const KEEPERS: Readonly<Record<string, AnyKeeper>> = {
  networkd,
  // Netplan writes .network files under /run, which drop-ins under /etc add to.
  netplan: networkd,
  networkmanager: networkManager,
  ifupdown,
};

const NOBODY: AnyKeeper = { inspect: () => ({}), plan: () => [] };

/** Who keeps a device's addresses and routes on this host; nobody where they are to be live only. */
export const keeperOf = (facts: Facts, persistent: boolean): AnyKeeper =>
  persistent ? (KEEPERS[facts.network_owner] ?? unitKeeper) : NOBODY;
