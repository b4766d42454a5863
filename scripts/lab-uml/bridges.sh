#!/bin/sh
# Makes the wires of a lab that are not there yet, in its network: bridges.sh NAME…
set -eu
PATH=$PATH:/usr/sbin:/sbin
for bridge; do
  [ ! -e "/sys/class/net/$bridge" ] || continue
  ip link show "$bridge" >/dev/null 2>&1 && continue
  ip link add "$bridge" type bridge forward_delay 0 mcast_snooping 0
  # This machine is no part of it.
  echo 1 >"/proc/sys/net/ipv6/conf/$bridge/disable_ipv6"
  ip link set "$bridge" up
done
