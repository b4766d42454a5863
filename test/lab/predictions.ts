import { executeOptions, type PreparedRun, prepareRun } from '../../src/cli/run.ts';
import { execute } from '../../src/execute/execute.ts';
import { connect } from '../../src/hosts/connect.ts';
import type { Event } from '../../src/model/event.ts';
import type { Prediction } from '../../src/model/planned.ts';
import type { Answer, Probe, ProbeFailure } from '../../src/model/probe.ts';
import { isUnknown } from '../../src/model/value.ts';
import { type Told, tell } from '../cli/troupe.ts';
import { askAll } from '../sshd/ask.ts';

/** A plan with its predictions, and with what the hosts said before anything was changed. */
export interface Foretold {
  readonly prepared: PreparedRun;
  readonly planned: Told;
  readonly predictions: readonly (Prediction & { readonly before: Answer })[];
}

/** Plans a playbook, and keeps what the overlay says that each host will answer once it is applied. */
export async function foretell(
  playbook: string,
  inventory: string,
  extraVars: readonly string[] = [],
): Promise<Foretold> {
  const { stdin, stdout, stderr, env } = process;
  const options = { inventory: [inventory], tags: [], skipTags: [], extraVars, forks: 10 };
  const prepared = await prepareRun(playbook, options, { stdin, stdout, stderr, env });
  const told: Prediction[] = [];
  const events: Event[] = [];
  await execute({
    ...executeOptions(prepared, options, connect),
    mode: 'plan',
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    onPredicted: (prediction) => told.push(prediction),
  });
  const answers = await answersTo(told, prepared);
  const predictions = told.flatMap((one, index) => {
    const before = one.before ?? answers[index];
    return before && !('failed' in before) ? [{ ...one, before }] : [];
  });
  // As it is written for programs: what is undefined is left out.
  return { prepared, planned: tell(JSON.parse(JSON.stringify(events))), predictions };
}

/** Predictions that did not come true, one line each, and how many were held against the hosts. */
export async function verdict({ prepared, predictions }: Foretold) {
  const answers = await answersTo(predictions, prepared);
  let compared = 0;
  const wrong = predictions.flatMap(({ host, probe, before, expect }, index) => {
    const expected = expect(before);
    const answer = answers[index];
    if (isUnknown(expected) || same(expected, before)) return [];
    compared += 1;
    if (answer && !('failed' in answer) && agrees(probe, expected, answer)) return [];
    return [`${host}: ${JSON.stringify(probe)}: ${JSON.stringify(expected)}, but ${JSON.stringify(answer)}`];
  });
  return { wrong, compared };
}

async function answersTo(asked: readonly Prediction[], { targets }: PreparedRun) {
  const answers: (Answer | ProbeFailure | undefined)[] = [];
  for (const name of new Set(asked.map(({ host }) => host))) {
    const target = targets.get(name);
    if (!target) throw new Error(`There is no way to ${name}.`);
    const host = await connect(target, { lock: false, holder: 'a test', users: [] });
    try {
      for (const user of new Set(asked.map((one) => one.user))) {
        const own = asked.flatMap((one, index) => (one.host === name && one.user === user ? [index] : []));
        const probes = own.map((index) => whole((asked[index] as Prediction).probe));
        const said = await askAll(await host.shell(user), probes);
        for (const [place, index] of own.entries()) answers[index] = said[place];
      }
    } finally {
      await host.close();
    }
  }
  return answers;
}

/** Bytes are compared by their hash. */
const whole = (probe: Probe): Probe =>
  probe.kind === 'readFile' ? { kind: 'readFile', path: probe.path } : probe;

const same = (a: Answer, b: Answer): boolean => JSON.stringify(a) === JSON.stringify(b);

/** True where all that was expected is so: what cannot be known (a size, a time) is left out. */
function agrees(probe: Probe, expected: Answer, answer: Answer): boolean {
  // What a program prints is made up by its module, which a second plan proves; here only whether it succeeds.
  const fields = probe.kind === 'capture' ? ['rc', 'missing'] : Object.keys(expected);
  const [wanted, got] = [expected, answer] as unknown as readonly Record<string, unknown>[];
  return fields.every(
    (field) => field === 'content' || Number.isNaN(wanted?.[field]) || wanted?.[field] === got?.[field],
  );
}
