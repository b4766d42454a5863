import * as z from 'zod';
import { decision } from './decision.ts';
import { defineModule } from './module.ts';

const params = () =>
  z
    .strictObject({
      msg: z.unknown().optional().describe('What to say: text, or any value.'),
      var: decision
        .optional()
        .describe('An expression whose value is shown: `facts.os.family`, a register, a variable.'),
    })
    .refine((want) => (want.msg === undefined) !== (want.var === undefined), {
      error: 'Give either msg or var.',
    });

type Want = z.infer<ReturnType<typeof params>>;

/** Shows a text or a value. */
export const debug = defineModule({
  name: 'debug',
  doc: 'Shows a text or a value with the task. It changes nothing.',
  params,
  examples: [
    { title: 'Say something', params: { msg: 'The cluster answers.' } },
    { title: 'Show a value', params: { var: 'facts.os.family' } },
  ],
  identity: (want) => want.var?.text ?? '',
  freeForm: 'msg',
  expressions: ['var'],
  inspect: () => ({}),
  plan: () => [],
  says: (want: Want) => (want.var ? `${want.var.text}: ${shown(want.var.value)}` : shown(want.msg)),
});

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
