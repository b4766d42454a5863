import type { TestLab } from '../test-lab.ts';

/** Writes through a mount until /tmp/NAME.stop is there, block by block, each on the disk before the next. */
export const startWriting = (lab: TestLab, host: string, name: string, path: string) =>
  lab.on(
    host,
    `rm -f /tmp/${name}.*; cat >/tmp/${name}.sh <<'END'
n=0
until [ -e /tmp/${name}.stop ]; do
  n=$((n + 1))
  echo "block $n" | tee -a /tmp/${name}.wanted | dd of=${path} oflag=append,sync conv=notrunc status=none || echo "write $n failed"
  sleep 0.2
done >/tmp/${name}.errors 2>&1
touch /tmp/${name}.stopped
END
nohup sh /tmp/${name}.sh >/dev/null 2>&1 &`,
  );

/** Goes on to 50 blocks if there were fewer, and ends it: errors, and whether the file holds just what was written. */
export const stopWriting = (lab: TestLab, host: string, name: string, path: string) =>
  lab.on(
    host,
    `until [ "$(wc -l </tmp/${name}.wanted)" -ge 50 ]; do sleep 1; done; touch /tmp/${name}.stop; until [ -e /tmp/${name}.stopped ]; do :; done; cat /tmp/${name}.errors
cmp /tmp/${name}.wanted ${path} && echo same`,
  );
