import * as z from 'zod';
import type { Captured } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { run, type Step, step } from '../model/step.ts';
import type { ValueMap } from '../model/value.ts';
import { defineModule, type Refusal, refuse } from './module.ts';
import { MARK, NO_CLIENT, STRICT_URI_SCRIPT, URI_SCRIPT, WGET_CANNOT } from './uri-script.ts';

const STATUS = z.int().min(100).max(599);
const params = () =>
  z.strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'Write a URL that begins with http:// or https://.' })
      .describe('What to ask for.'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('HTTP method.'),
    body: z
      .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
      .optional()
      .describe('What to send with POST, PUT, PATCH and DELETE; a map or list is sent as JSON.'),
    headers: z
      .record(z.string().regex(/^[\w-]+$/), z.union([z.string(), z.number()]), {
        error: 'Headers are a map: names without blanks, and to each a text or number.',
      })
      .default({})
      .describe('Headers by name.'),
    status_code: z
      .union([STATUS.transform((status) => [status]), z.array(STATUS)])
      .default([200])
      .describe('Status, or list of those, that is a success.'),
    return_content: z.boolean().default(false).describe('Put the content in the result.'),
    timeout: z.number().positive().default(30).describe('Seconds that the request may take.'),
    follow_redirects: z
      .enum(['safe', 'all', 'none'])
      .default('safe')
      .describe('`safe`: of GET and HEAD only.'),
    validate_certs: z.boolean().default(true).describe('Refuse a certificate that nobody vouches for.'),
  });

type Want = z.output<ReturnType<typeof params>>;

/** An HTTP request that the host makes. */
export const uri = defineModule({
  name: 'uri',
  doc: `Makes an HTTP request from the host, with curl, or with wget where there is no curl.

GET and HEAD only read: the task is \`ok\`, and fails on a status that is not expected; a dry run asks only where nothing is
to change before it. The other methods change something somewhere, so the task is \`changed\` each time, and a dry run does
not send them. A register holds \`status\` (0: no answer), \`msg\`, and with \`return_content\` the \`content\`.`,
  params,
  examples: [
    { title: 'The page is there', params: { url: 'http://192.0.2.10/', return_content: true } },
    {
      title: 'Tell another system',
      params: {
        url: 'https://example.org/deployed',
        method: 'POST',
        body: { version: 3 },
        status_code: [200, 201],
      },
    },
  ],
  readsWorld: true,
  identity: (want) => (want.method === 'GET' ? want.url : `${want.method} ${want.url}`),
  inspect: (want) => ({
    // A request that changes something is not made to inspect; what it is made with is.
    answer: reads(want)
      ? { ...capture(...argvOf(want)), timeoutMs: (want.timeout + 5) * 1000 }
      : capture('sh', '-c', `command -v curl || command -v wget || exit ${NO_CLIENT}`),
  }),
  plan: (want, found) => {
    const { rc } = found.answer;
    if (rc === NO_CLIENT) return NO_PROGRAM;
    if (!reads(want)) return [requestStep(want)];
    if (rc === WGET_CANNOT)
      return refuse('The wget of this host is too simple for this request.', 'Install curl.');
    return judged(want, answerOf(found.answer));
  },
  result: (want, found, outcomes) => {
    const { status, content, problem } = answerOf(outcomes.at(-1) ?? found.answer);
    const result: ValueMap = { status, url: want.url, msg: problem || `HTTP ${status}` };
    return want.return_content ? { ...result, content } : result;
  },
});

const NO_PROGRAM = refuse(
  'This host has neither curl nor wget.',
  'Install one of them first: package: {name: curl}.',
);

const reads = (want: Want): boolean => want.method === 'GET' || want.method === 'HEAD';

function judged(want: Want, answer: Answer): readonly Step[] | Refusal {
  if (want.status_code.includes(answer.status)) return [];
  const said = answer.status === 0 ? `no answer (${answer.problem})` : `status ${answer.status}`;
  return refuse(
    `${want.method} ${want.url}: ${said}, expected ${want.status_code.join(' or ')}.`,
    'Look at the server, or name this status in status_code.',
  );
}

function requestStep(want: Want): Step {
  const body =
    want.body === undefined ? '' : typeof want.body === 'string' ? want.body : JSON.stringify(want.body);
  return step('request', undefined, `${want.method} ${want.url}`, {
    converges: false,
    action: run(['sh', '-c', STRICT_URI_SCRIPT, ...argvOf(want).slice(3)], {
      stdin: body,
      env: { EXPECTED: want.status_code.join(' ') },
      timeoutMs: (want.timeout + 5) * 1000,
    }),
  });
}

function argvOf(want: Want): readonly string[] {
  const follows = want.follow_redirects === 'all' || (want.follow_redirects === 'safe' && reads(want));
  const json = typeof want.body === 'object' ? { 'Content-Type': 'application/json' } : {};
  const headers = Object.entries({ ...json, ...want.headers }).map(([name, value]) => `${name}: ${value}`);
  const flags = [follows ? 'follow' : 'stay', want.validate_certs ? 'check' : 'trust'];
  return [
    'sh',
    '-c',
    URI_SCRIPT,
    'sh',
    want.method,
    String(Math.ceil(want.timeout)),
    ...flags,
    want.url,
    ...headers,
  ];
}

interface Answer {
  /** 0 where there was none. */
  readonly status: number;
  readonly content: string;
  readonly problem: string;
}

function answerOf({ stdout, stderr }: Pick<Captured, 'stdout' | 'stderr'>): Answer {
  const at = stdout.lastIndexOf(`\n${MARK} `);
  const status = Number(stdout.slice(at + MARK.length + 2).trim());
  return {
    status: at < 0 || Number.isNaN(status) ? 0 : status,
    content: at < 0 ? stdout : stdout.slice(0, at),
    problem: stderr.trim(),
  };
}
