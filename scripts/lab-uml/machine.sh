#!/bin/sh
# Runs a machine of User-Mode Linux in its lab's network until it is powered off: machine.sh PIDFILE CONSOLE CARD… -- COMMAND…
# It is the first process of a process namespace, so that whoever kills it cuts the machine's power. A CARD is TAP,BRIDGE; an
# empty BRIDGE leads nowhere, and on the bridge "ctl" the machines do not see each other.
set -eu
pidfile=$1 console=$2
shift 2
PATH=$PATH:/usr/sbin:/sbin
read -r pid rest </proc/self/stat

while [ "$1" != -- ]; do
  IFS=, read -r tap bridge <<END
$1
END
  ip link show "$tap" >/dev/null 2>&1 || ip tuntap add "$tap" mode tap
  echo 1 >"/proc/sys/net/ipv6/conf/$tap/disable_ipv6"
  if [ -n "$bridge" ]; then ip link set "$tap" master "$bridge"; else ip link set "$tap" nomaster; fi
  ip link set "$tap" up
  if [ "$bridge" = ctl ]; then bridge link set dev "$tap" isolated on; fi
  shift
done
shift
echo "$pid" >"$pidfile.new"
mv "$pidfile.new" "$pidfile"

# Told to reboot, the kernel ends ("noreboot"), as one that starts itself anew would find its cards taken.
export TMPDIR=/dev/shm
name=$(basename "$pidfile" .pid)
while :; do
  : >"$console"
  # The kernel's own record of itself, left by one whose power was cut.
  rm -rf "/dev/shm/$name"
  "$@" >>"$console" 2>&1 || true
  tail -n 5 "$console" | grep -q 'reboot: Restarting system' || break
done
rm -f "$pidfile"
