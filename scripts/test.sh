#!/bin/sh
# Runs the tests: all (what CI runs), one of unit, ssh, lab, tcg, or full: all, what takes too long for CI (the scenarios of
# lab by TCG, too), and more random playbooks. Prints how long each suite took; the last line counts the tests. Exit status 1
# when one failed or none ran.
set -eu
cd "$(dirname "$0")/.."
which=${1:-all}
[ $# -eq 0 ] || shift

# Scenarios of clusters: half of those of the lab.
CLUSTERS='test/lab/(cluster/|demo)'
besides='' after=''
case $which in
all) suites='check unit ssh tcg' besides='lab-clusters lab-rest' ;;
full)
  suites='check unit ssh tcg' besides='lab-clusters lab-rest' after='lab-tcg full'
  : "${TROUPE_FUZZ_RUNS:=5000}"
  export TROUPE_FUZZ_RUNS
  ;;
unit | ssh | lab | tcg) suites=$which ;;
*)
  echo "error[usage]: test.sh does not know '$which': give all, full, unit, ssh, lab or tcg." >&2
  exit 3
  ;;
esac

case $which in
unit) sh scripts/setup.sh build ;;
ssh) sh scripts/setup.sh ssh build ;;
lab) sh scripts/setup.sh ssh lab build ;;
full) sh scripts/setup.sh ssh lab qemu kernel build ;;
*) sh scripts/setup.sh ssh lab qemu build ;;
esac

# The same random playbooks each time that a commit is tested.
: "${TROUPE_SEED:=$(printf '%d' "0x$(git rev-parse --short=7 HEAD 2>/dev/null || echo 1)")}"
export TROUPE_SEED
echo "Random tests: TROUPE_SEED=$TROUPE_SEED" >&2

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# suite NAME [MORE…]: runs one, and writes how it ended and how long it took.
suite() {
  name=$1
  shift
  begun=$(date +%s)
  ended=0
  if [ "$name" = check ]; then
    npm run --silent check || ended=1
  else
    # One file after another: virtual machines want the processors for themselves, and a user's hosts have one lock.
    # A test that failed may leave something behind that waits for ever: the run goes on without it.
    case $name in
    unit) more='' ;;
    ssh) more='--runInBand --forceExit --testTimeout=60000' ;;
    *) more='--runInBand --forceExit --testTimeout=900000' ;;
    esac
    project=$name driver=${TROUPE_LAB_DRIVER:-}
    # The lab's scenarios in two parts; and all of them by the slow driver.
    case $name in
    lab-clusters) project=lab more="$more --testPathPatterns $CLUSTERS" ;;
    lab-rest) project=lab more="$more --testPathIgnorePatterns $CLUSTERS" ;;
    lab-tcg) project=lab driver=tcg ;;
    esac
    # shellcheck disable=SC2086
    TROUPE_LAB_DRIVER=$driver node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js \
      --selectProjects "$project" --json --outputFile "$results/$name.json" $more "$@" >/dev/null || ended=1
  fi
  echo "$name: $(($(date +%s) - begun)) s" >>"$results/times"
  [ $ended = 0 ] || echo "$name" >>"$results/failed"
}

# What needs machines of the lab takes most of the time, much of it waiting: it runs beside the rest, and its words come when
# it has ended. What is slow for another reason comes after all of that.
beside=''
for name in $besides; do
  suite "$name" "$@" >"$results/$name.words" 2>&1 &
  beside="$beside $!"
done
for name in $suites; do
  echo "== $name" >&2
  suite "$name" "$@"
done
for process in $beside; do wait "$process" || echo beside >>"$results/failed"; done
for name in $besides; do
  echo "== $name" >&2
  cat "$results/$name.words" >&2
done
for name in $after; do
  echo "== $name" >&2
  suite "$name" "$@"
done

cat "$results/times" >&2
status=0
node scripts/count-tests.mjs "$results" || status=1
[ ! -e "$results/failed" ] || status=1
exit $status
