#!/bin/sh
# Runs the tests: all (what CI runs), one of unit, ssh, lab, or full: all, what takes too long for CI, and more random
# playbooks. The last line counts them; exit status 1 when one failed or none ran.
set -eu
cd "$(dirname "$0")/.."
which=${1:-all}
[ $# -eq 0 ] || shift

case $which in
all) rooms='unit ssh lab' ;;
full)
  rooms='unit ssh lab full'
  : "${TROUPE_FUZZ_RUNS:=5000}"
  export TROUPE_FUZZ_RUNS
  ;;
unit | ssh | lab) rooms=$which ;;
*)
  echo "error[usage]: test.sh does not know '$which': give all, full, unit, ssh or lab." >&2
  exit 3
  ;;
esac

case $which in
unit) sh scripts/setup.sh build ;;
ssh) sh scripts/setup.sh ssh build ;;
*) sh scripts/setup.sh ssh lab build ;;
esac

counts=$(mktemp -d)
trap 'rm -rf "$counts"' EXIT
status=0
if [ "$which" = all ] || [ "$which" = full ]; then
  echo '== check: format, lint, types, import rules, documents' >&2
  npm run --silent check || status=1
fi
for room in $rooms; do
  echo "== $room" >&2
  # One file after another: virtual machines want the processors for themselves, and a user's hosts have one lock.
  # A test that failed may leave something behind that waits for ever: the run goes on without it.
  case $room in lab | full) more='--runInBand --forceExit --testTimeout=900000' ;; ssh) more='--runInBand --forceExit --testTimeout=60000' ;; *) more='' ;; esac
  # shellcheck disable=SC2086
  node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
    --selectProjects "$room" --json --outputFile "$counts/$room.json" $more "$@" >/dev/null || status=1
done
node scripts/count-tests.mjs "$counts" || status=1
exit $status
