import * as z from 'zod';
import { defineModule, refuse } from './module.ts';

const params = () =>
  z.strictObject({
    msg: z.string().default('This task was told to fail.').describe('Why.'),
  });

/** Fails with a message. */
export const fail = defineModule({
  name: 'fail',
  doc: 'Fails with a message, in a plan too; it is meant to stand under a `when`.',
  params,
  examples: [{ title: 'Stop here', params: { msg: 'Only Debian and RHEL are supported.' } }],
  identity: () => '',
  freeForm: 'msg',
  inspect: () => ({}),
  plan: (want) => refuse(want.msg),
});
