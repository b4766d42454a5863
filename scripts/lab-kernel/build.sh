#!/bin/sh
# Builds the lab's own kernel for User-Mode Linux: build.sh FOLDER, where FOLDER has source.deb, one of Debian's packages
# linux-source-VERSION, and receives the program linux and modules/RELEASE. Prints "step: WORD" and what make does.
set -eu
folder=$1
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
source=$folder/source
config=$here/kernel.config
# What make would take from whoever calls.
unset ARCH CROSS_COMPILE KBUILD_OUTPUT KCONFIG_CONFIG MAKEFLAGS INSTALL_MOD_PATH LOCALVERSION

# Drivers of real devices are left out, and other processors: half of the files. Each Kconfig has to be there.
echo 'step: unpack'
mkdir "$source"
name=$(dpkg-deb --field "$folder/source.deb" Package)
dpkg-deb --fsys-tarfile "$folder/source.deb" | tar -xO "./usr/src/$name.tar.xz" | xz -dc -T0 |
  tar -xf - -C "$source" --strip-components=1 --wildcards --wildcards-match-slash --anchored \
    --exclude='*/Documentation/*/*' --exclude='*/tools/perf/*' --exclude='*/tools/testing/*' --exclude='*.dts' --exclude='*.dtsi' \
    --exclude='*/sound/*.[ch]' --exclude='*/drivers/gpu/*.[ch]' --exclude='*/drivers/media/*.[ch]' --exclude='*/drivers/staging/*.[ch]' \
    --exclude='*/drivers/infiniband/*.[ch]' --exclude='*/drivers/net/ethernet/*.[ch]' --exclude='*/drivers/net/wireless/*.[ch]' \
    --exclude='*/arch/[!ux]*/*.[chS]' --exclude='*/arch/xtensa/*.[chS]'
rm -f "$folder/source.deb"
cd "$source"

echo 'step: configure'
make -s ARCH=um allnoconfig KCONFIG_ALLCONFIG="$config" >&2
# A line whose option is gone, or depends on one that is not on, is dropped without a word.
lost=$(grep '^CONFIG_.*=[^n]' "$config" | grep -vxFf .config || true)
kept=$(sed -n 's/^\(CONFIG_[A-Z0-9_]*=\)n$/^\1/p' "$config" | grep -f - .config || true)
if [ -n "$lost$kept" ]; then
  printf '%s does not take these lines of kernel.config:\n%s\nand has these all the same:\n%s\n' "$name" "${lost:-(none)}" "${kept:-(none)}" >&2
  exit 1
fi

echo 'step: compile'
# When this script is killed, so is what it waits for.
setpriv --pdeathsig TERM make ARCH=um -j"$(nproc)" linux modules
echo 'step: install'
make -s ARCH=um modules_install INSTALL_MOD_PATH="$folder/installed" INSTALL_MOD_STRIP=1 >&2
strip -o "$folder/linux" linux
mkdir "$folder/modules"
release=$(make -s ARCH=um kernelrelease)
mv "$folder/installed/lib/modules/$release" "$folder/modules/$release"
rm -rf "$folder/modules/$release/build" "$folder/modules/$release/source" "$folder/installed" "$source"
