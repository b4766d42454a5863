#!/bin/sh
# shellcheck disable=SC2016
# Makes vmlinuz and a small initrd.img in the folder $2 from the root file system $1: just what mounts the root disk.
set -eu
root=$1 out=$2
version=$(basename "$(ls -d "$root"/lib/modules/*)")
modules=$root/lib/modules/$version
work=$out/initrd
mkdir -p "$work/bin" "$work/dev" "$work/proc" "$work/sys" "$work/root" "$work/modules"
cp "$root"/boot/vmlinuz-"$version" "$out/vmlinuz"
cp "$root/bin/busybox" "$work/bin/busybox"

# What each driver needs, before it: the order of modules.dep, read backwards.
order=''
for driver in virtio_ring virtio virtio_pci virtio_blk virtio_net ext4; do
  line=$(grep "/$driver\.ko:" "$modules/modules.dep" || true)
  [ -n "$line" ] || continue
  needs=''
  for path in $(echo "$line" | tr -d ':'); do needs="$path $needs"; done
  for path in $needs; do
    case " $order " in *" $path "*) ;; *) order="$order $path" ;; esac
  done
done
for path in $order; do cp "$modules/$path" "$work/modules/"; done

{
  printf '#!/bin/busybox sh\n/bin/busybox mount -t proc proc /proc\n/bin/busybox mount -t sysfs sys /sys\n/bin/busybox mount -t devtmpfs dev /dev\n'
  for path in $order; do printf '/bin/busybox insmod /modules/%s\n' "$(basename "$path")"; done
  printf 'case " $(/bin/busybox cat /proc/cmdline) " in *" lab.probe "*) echo lab-probe-ok; /bin/busybox poweroff -f ;; esac\n'
  printf 'until [ -b /dev/vda ]; do /bin/busybox sleep 0.1; done\n/bin/busybox mount -t ext4 -o noatime /dev/vda /root\n'
  printf 'for each in proc sys dev; do /bin/busybox mount --move /$each /root/$each; done\n'
  printf 'exec /bin/busybox switch_root /root /lib/systemd/systemd\n'
} >"$work/init"
chmod 755 "$work/init"
(cd "$work" && find . | cpio --quiet -o -H newc -R 0:0) | gzip -1 >"$out/initrd.img"
rm -rf "$work"
