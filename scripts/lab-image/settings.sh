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

# systemd-networkd owns the network. eth0 is the way in; lan0 … are the segments, named by where they sit on the bus.
mkdir -p "$root/etc/systemd/network"
printf '[Match]\nPath=pci-0000:00:03.0\n[Link]\nName=eth0\n' >"$root/etc/systemd/network/10-eth0.link"
for card in 0 1 2; do
  printf '[Match]\nPath=pci-0000:00:0%s.0\n[Link]\nName=lan%s\nMACAddressPolicy=none\n' $((card + 4)) $card \
    >"$root/etc/systemd/network/10-lan$card.link"
done
printf '[Match]\nName=eth0\n[Network]\nAddress=10.0.2.15/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\n' \
  >"$root/etc/systemd/network/20-eth0.network"
chroot "$root" systemctl -q enable systemd-networkd.service
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
