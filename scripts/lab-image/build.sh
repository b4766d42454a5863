#!/bin/sh
# Builds the lab's root file system: build.sh FOLDER VARIANT MODULES SOURCE…, where FOLDER has key.pub and host_key and
# receives root.img (ext4), VARIANT is base or packaged, and each SOURCE is a line of sources.list. MODULES is the folder of
# the modules of a User-Mode Linux kernel, or "qemu": then the image has Debian's kernel, and FOLDER vmlinuz and initrd.img.
# Needs no root where user namespaces work.
set -eu
folder=$1 variant=$2 modules=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
base=base
[ "$modules" != qemu ] || base='base\|qemu'
packages() { sed -n "s/^$1 //p" "$here/packages.txt" | tr '\n' ' '; }

# With the chroot as $1. As text, not as a file: in a user namespace the folders of who calls may be closed.
# First the roles' packages with all they depend on become a repository of their own, the only one.
hook=$(
  cat <<HOOK
set -eu
root=\$1
chroot "\$root" apt-get -qq -y --download-only install $(packages roles)
# One by one: some of them exclude others.
for package in $(packages known); do chroot "\$root" apt-get -qq -y --download-only install "\$package"; done
mkdir -p "\$root/srv/repository"
mv "\$root"/var/cache/apt/archives/*.deb "\$root/srv/repository/"
(cd "\$root/srv/repository" && apt-ftparchive packages . >Packages)
rm -rf "\$root"/etc/apt/sources.list "\$root"/etc/apt/sources.list.d/* "\$root"/var/lib/apt/lists/*
echo 'deb [trusted=yes] file:/srv/repository ./' >"\$root/etc/apt/sources.list"
chroot "\$root" apt-get -qq update
if [ $variant = packaged ]; then
  chroot "\$root" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $(packages roles)
  chroot "\$root" apt-get clean
fi
$(cat "$here/settings.sh")
HOOK
)

proxy=''
command -v apt-config >/dev/null 2>&1 && eval "$(apt-config shell proxy Acquire::http::Proxy)"
# When this script is killed, so is what it waits for.
setpriv --pdeathsig TERM mmdebstrap --quiet --variant=minbase --include="$(packages "\($base\)" | tr -s ' ' ',' | sed 's/,$//')" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' ${proxy:+--aptopt="Acquire::http::Proxy \"$proxy\""} \
  --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --skip=cleanup/apt/lists --customize-hook="$hook" \
  bookworm "$folder/root.tar" "$@"

# As root or pretending to be: owners must survive.
cat >"$folder/pack.sh" <<'PACK'
set -eu
folder=$1 here=$2 modules=$3
mkdir "$folder/root"
tar -xpf "$folder/root.tar" -C "$folder/root" --exclude='./dev/*'
rm -f "$folder/root.tar"
if [ "$modules" = qemu ]; then
  sh "$here/initrd.sh" "$folder/root" "$folder"
else
  mkdir -p "$folder/root/lib/modules"
  cp -r "$modules" "$folder/root/lib/modules/"
fi
cp "$folder/key.pub" "$folder/root/etc/ssh/lab_keys"
install -m 600 "$folder/host_key" "$folder/root/etc/ssh/ssh_host_ed25519_key"
install -m 644 "$folder/host_key.pub" "$folder/root/etc/ssh/ssh_host_ed25519_key.pub"
rm -rf "$folder/root"/boot/*
mke2fs -q -t ext4 -L root -E lazy_itable_init=1,lazy_journal_init=1 -O ^metadata_csum -d "$folder/root" "$folder/root.img" 4G
rm -rf "$folder/root"
PACK
if [ "$(id -u)" = 0 ]; then pretend=''; else pretend=fakeroot; fi
$pretend sh "$folder/pack.sh" "$folder" "$here" "$modules"
rm -f "$folder/pack.sh"
