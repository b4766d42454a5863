import * as z from 'zod';
import { GIVEN_NAMES } from '../model/given-names.ts';
import type { ValueMap } from '../model/value.ts';
import { defineModule } from './module.ts';

const RESERVED: ReadonlySet<string> = new Set([...GIVEN_NAMES, 'item']);

const params = () =>
  z.record(z.string(), z.unknown()).superRefine((want, context) => {
    const names = Object.keys(want);
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (names.length === 0) wrong([], 'Give at least one variable.');
    for (const name of names) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        wrong([name], 'A variable has letters, digits and _ in its name.');
      if (RESERVED.has(name)) wrong([name], 'This name is taken by Troupe itself.');
    }
  });

/** Sets variables of the host for the rest of the run. */
export const setFact = defineModule({
  name: 'set_fact',
  doc: 'Sets variables of this host, from this task to the end of the run. Any name with any value; they hide the variables of the same name.',
  params,
  examples: [{ title: 'Keep a value', params: { web_port: 8080, web_names: ['a.example', 'b.example'] } }],
  identity: (want) => Object.keys(want).join(', '),
  inspect: () => ({}),
  plan: () => [],
  sets: (want) => want as ValueMap,
});
