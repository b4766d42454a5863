#!/bin/sh
# Brings what a command of package.json needs: npm packages, Debian packages, the built program.
# Usage: setup.sh [build] [ssh] [lab] [qemu] [kernel] [bench] [compare]. Says what it installs and why; exits 3 where it cannot.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
stop() {
  say "error[prerequisite-missing]: $1"
  say "  help: $2"
  exit 3
}

need_node() {
  command -v node >/dev/null 2>&1 || stop 'Node.js is not installed.' 'Install Node.js 20.19 or newer: https://nodejs.org/en/download'
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    stop "Node.js $(node --version) is too old." 'Troupe needs 20.19 or newer: https://nodejs.org/en/download'
  command -v npm >/dev/null 2>&1 || stop 'npm is not installed.' 'It comes with Node.js; on Debian: apt-get install npm'
}

# npm packages, again only when the lock file has changed.
npm_packages() {
  stamp=node_modules/.troupe-lock
  if [ -f "$stamp" ] && cmp -s "$stamp" package-lock.json; then return; fi
  say 'Installing npm packages (package-lock.json) into node_modules/ …'
  npm ci --no-audit --no-fund --loglevel=error >&2 ||
    stop 'npm could not install the packages.' 'Read its message above; behind a proxy, set "npm config set proxy".'
  cp package-lock.json "$stamp"
}

# debian_packages WHY PACKAGE… : installs those that are missing, as root or by sudo.
debian_packages() {
  why=$1
  shift
  missing=''
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] || missing="$missing $name"
  done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 ||
    stop "These programs are needed $why:$missing (Debian's package names)." 'Install them by the package manager of this system, then run the command again.'
  if [ "$(id -u)" = 0 ]; then
    as_root=''
  elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root='sudo'
  else
    stop "These Debian packages are needed $why:$missing" "Run as root: apt-get install --no-install-recommends$missing"
  fi
  say "Installing Debian packages ($why):$missing"
  # shellcheck disable=SC2086
  { $as_root apt-get -qq update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing; } >/tmp/troupe-apt.$$ 2>&1 || {
    tail -n 15 /tmp/troupe-apt.$$ >&2
    rm -f /tmp/troupe-apt.$$
    stop "apt-get could not install:$missing" 'Mend what its message above says, then run the command again.'
  }
  rm -f /tmp/troupe-apt.$$
}

qemu() { debian_packages "for the lab: virtual machines by QEMU" qemu-system-x86 qemu-utils cpio; }

# Where KVM may work, and where User-Mode Linux cannot.
wants_qemu() {
  case ${TROUPE_LAB_DRIVER:-} in kvm | tcg) return 0 ;; uml) return 1 ;; esac
  if [ -e /dev/kvm ] && grep -Eq '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; then return 0; fi
  [ "$(uname -m)" != x86_64 ] || [ ! -e /dev/net/tun ] || ! unshare --user --map-root-user --net true 2>/dev/null
}

# dist/, when it is older than any source, or its code cache was made for another Node.
build() {
  cache=dist/troupe.cjs-$(node -p 'process.version + "-" + process.arch').cache
  sources='src package-lock.json scripts/build.mjs scripts/warm.mjs bin/code-cache.cjs'
  # shellcheck disable=SC2086
  if [ -f dist/troupe.cjs ] && [ -f "$cache" ] && [ -z "$(find $sources -newer dist/troupe.cjs -print | head -n 1)" ]; then return; fi
  say 'Building dist/ …'
  node scripts/build.mjs
}

need_node
# npm's packages and Debian's come side by side.
npm_packages &
npm=$!
for want in "$@"; do
  case $want in
  build) ;;
  ssh) debian_packages 'for tests against a real sshd' openssh-server openssh-client sudo busybox dash bash dnf rpm createrepo-c util-linux xfsprogs e2fsprogs strace ;;
  lab)
    debian_packages 'for the lab: the image that its machines boot' mmdebstrap apt-utils e2fsprogs fakeroot uidmap debian-archive-keyring openssh-client iproute2
    if wants_qemu; then qemu; fi
    ;;
  qemu) qemu ;;
  kernel) debian_packages 'to build the kernel of the lab' gcc libc6-dev make flex bison bc binutils kmod xz-utils util-linux ;;
  bench) debian_packages 'for the bench: sshd processes to work on, GNU time' openssh-server openssh-client time ;;
  compare) debian_packages 'for the bench: Ansible to compare with, gnuplot for the plot' ansible-core gnuplot-nox ;;
  *) stop "setup.sh does not know '$want'." 'Give build, ssh, lab, qemu, kernel, bench or compare.' ;;
  esac
done
wait "$npm" || exit $?
for want in "$@"; do
  if [ "$want" = build ]; then build; fi
done
