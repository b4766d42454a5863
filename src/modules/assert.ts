import * as z from 'zod';
import { decision } from './decision.ts';
import { defineModule, refuse } from './module.ts';

const params = () =>
  z.strictObject({
    that: z
      .union([decision.transform((one) => [one]), z.array(decision).min(1)], {
        error: 'Write a condition, or a list of conditions.',
      })
      .describe('A condition, or a list of them; all must be true.'),
    fail_msg: z.string().optional().describe('What to say where one is not true. By default, which.'),
    success_msg: z.string().optional().describe('What to say where all are true.'),
    quiet: z.boolean().default(false).describe('Say nothing where all are true.'),
  });

type Want = z.infer<ReturnType<typeof params>>;

/** Fails where a condition is not true. */
export const assert = defineModule({
  name: 'assert',
  doc: 'Fails where a condition is not true. It is checked in a plan too, as soon as all that it needs is known.',
  params,
  examples: [
    {
      title: 'Refuse what cannot work',
      params: {
        that: ['lvs_port > 0', 'facts.os.family == "debian"'],
        fail_msg: 'This role needs Debian and a port.',
      },
    },
  ],
  identity: (want) => want.that.map(({ text }) => text).join(', '),
  expressions: ['that'],
  inspect: () => ({}),
  plan: (want: Want) => {
    const other = want.that.find(({ value }) => typeof value !== 'boolean');
    if (other)
      return refuse(`the condition is neither true nor false: ${other.text}`, 'Compare it with something.');
    const wrong = want.that.filter(({ value }) => value === false).map(({ text }) => text);
    if (wrong.length === 0) return [];
    return want.fail_msg === undefined
      ? refuse(`this is not so: ${wrong.join('; ')}`)
      : refuse(want.fail_msg, `This is not so: ${wrong.join('; ')}`);
  },
  says: (want) => (want.quiet ? '' : (want.success_msg ?? '')),
});
