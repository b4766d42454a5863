#!/bin/sh
# Builds a cluster in the lab and proves it: demo.sh [dr|nat|tun|nfs|iscsi|web]. Installs what it needs first.
set -eu
cd "$(dirname "$0")/.."
mode=${1:-dr}
case $mode in
dr | nat | tun | nfs | iscsi | web) ;;
*)
  echo "error[usage]: there is no demo '$mode'." >&2
  echo "  help: give dr (the default), nat, tun, nfs, iscsi or web: npm run demo -- nfs" >&2
  exit 3
  ;;
esac
sh scripts/setup.sh lab build
exec node scripts/demo.mjs "$mode"
