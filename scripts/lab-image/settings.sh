# shellcheck shell=sh
# Settings of a lab machine, written below the folder $root: quick to boot and to install in under emulation. Part of build.sh.
: "${root:?}"

echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/lab"
printf 'path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' >>"$root/etc/dpkg/dpkg.cfg.d/lab"
printf 'APT::Install-Recommends "false";\nAcquire::Languages "none";\nDPkg::Use-Pty "0";\n' >"$root/etc/apt/apt.conf.d/90lab"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
mkdir -p "$root/etc/initramfs-tools"
echo 'update_initramfs=no' >"$root/etc/initramfs-tools/update-initramfs.conf"

echo 'LABEL=root / ext4 defaults,noatime 0 1' >"$root/etc/fstab"
echo lab >"$root/etc/hostname"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$root/etc/hosts"
# No name server: what is not in /etc/hosts fails at once.
: >"$root/etc/resolv.conf"
: >"$root/etc/machine-id"

# systemd-networkd owns the network. eth0 is the way in; lan0 … are the segments. In QEMU they are named by where they sit on
# the bus, in User-Mode Linux by their numbers. eth0's address comes from the kernel's command line (ip=).
mkdir -p "$root/etc/systemd/network"
card_names() { # NUMBER NAME
  printf '[Match]\nPath=pci-0000:00:0%s.0\n[Link]\nName=%s\nMACAddressPolicy=none\n' $(($1 + 3)) "$2" >"$root/etc/systemd/network/10-$2.link"
  printf '[Match]\nOriginalName=vec%s eth%s\n[Link]\nName=%s\nMACAddressPolicy=none\n' "$1" "$1" "$2" >"$root/etc/systemd/network/11-$2.link"
}
card_names 0 eth0
for card in 0 1 2; do card_names $((card + 1)) lan$card; done
mkdir -p "$root/etc/systemd/network/90-eth0.network.d"
printf '[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\n' >"$root/etc/systemd/network/90-eth0.network.d/lab.conf"
chroot "$root" systemctl -q enable systemd-networkd.service systemd-network-generator.service
# User-Mode Linux has hundreds of terminals; to tell udev of each takes a third of the boot.
mkdir -p "$root/etc/systemd/system/systemd-udev-trigger.service.d"
printf '[Service]\nExecStart=\nExecStart=-udevadm trigger --type=subsystems --action=add\nExecStart=-udevadm trigger --type=devices --action=add --subsystem-nomatch=tty\n' \
  >"$root/etc/systemd/system/systemd-udev-trigger.service.d/lab.conf"
# The empty disks have the names of QEMU's in User-Mode Linux, too.
number=0
for letter in b c d e f g h i j k l m n o p; do
  number=$((number + 1))
  printf 'KERNEL=="ubd%s", SYMLINK+="disk/by-id/virtio-disk%s"\nKERNEL=="ubd%s[0-9]*", SYMLINK+="disk/by-id/virtio-disk%s-part%%n"\n' \
    "$letter" "$number" "$letter" "$number"
done >"$root/etc/udev/rules.d/60-lab-disks.rules"
chroot "$root" systemctl -q disable systemd-networkd-wait-online.service 2>/dev/null || true
chroot "$root" systemctl -q mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
  fstrim.timer systemd-timesyncd.service getty@tty1.service systemd-update-utmp.service

# The control connection logs in as troupe; root is for the lab itself, which gives a machine its name and addresses.
chroot "$root" useradd -m -s /bin/bash troupe
echo 'troupe ALL=(ALL:ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/troupe"
chmod 440 "$root/etc/sudoers.d/troupe"
printf 'UseDNS no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\nAuthorizedKeysFile .ssh/authorized_keys /etc/ssh/lab_keys\n' \
  >"$root/etc/ssh/sshd_config.d/lab.conf"
install -m 644 /dev/null "$root/etc/ssh/lab_keys"
rm -f "$root"/etc/ssh/ssh_host_*

# File capabilities do not survive the way through a tar archive; ping has its older means.
chmod u+s "$root/bin/ping"
