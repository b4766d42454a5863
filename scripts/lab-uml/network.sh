#!/bin/sh
# The network of a lab of User-Mode Linux: network.sh PIDFILE, as the first process of user, network, mount and process
# namespaces of its own. All that the lab has there ends with this process. The machines' memory is in a file system in memory
# which is mounted here, so that the size of /dev/shm does not matter. With "probe" for PIDFILE it only tries what it needs.
set -eu
pidfile=$1
PATH=$PATH:/usr/sbin:/sbin
# In the /proc of outside this is the number that outsiders know.
read -r pid rest </proc/self/stat
step() { echo "step: $1" >&2; }

step memory
mount -t tmpfs -o mode=0700,size=90% lab /dev/shm
mkdir /dev/shm/nothing
step network
ip link set lo up
step bridge
ip link add ctl type bridge forward_delay 0 mcast_snooping 0
echo 1 >/proc/sys/net/ipv6/conf/ctl/disable_ipv6
ip link set ctl up
ip address add 10.0.2.2/24 dev ctl
if [ "$pidfile" = probe ]; then
  step tap
  ip tuntap add probe mode tap
  ip link set probe master ctl up
  step isolated
  bridge link set dev probe isolated on
  step done
  exit 0
fi
echo "$pid" >"$pidfile.new"
mv "$pidfile.new" "$pidfile"
trap '' HUP INT TERM
while :; do
  sleep 3600 &
  wait
done
