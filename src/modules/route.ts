import * as z from 'zod';
import type { Capture, Captured, Found, Probes } from '../model/probe.ts';
import { capture } from '../model/probe-makers.ts';
import { answers, differs, run, type Step, step } from '../model/step.ts';
import { address, cidr, device, networkOf } from './ip-address-text.ts';
import { keeperOf } from './keepers.ts';
import { linkProbe, linkRefusal } from './link.ts';
import { absentBy, defineModule, isRefusal } from './module.ts';
import { isIpv6Route, routeArguments, routeEntry } from './network-entry.ts';

const params = () =>
  z
    .strictObject({
      to: z
        .union([
          z.literal('default'),
          cidr.refine((text) => networkOf(text) === text, {
            error: ({ input }) =>
              `${input} is an address in a network; a route leads to the network itself: ${networkOf(String(input))}.`,
          }),
        ])
        .describe('`default`, or a network: 10.20.0.0/24.'),
      via: address
        .optional()
        .describe('The router that leads there; none for a network that is on the wire itself.'),
      device: device.describe('Network card behind which it is.'),
      metric: z
        .int()
        .min(1)
        .optional()
        .describe('Of two routes to one network the one with the smaller metric wins; by default 0.'),
      table: z
        .int()
        .min(1)
        .max(4_294_967_295)
        .optional()
        .describe('Number of the routing table; by default main.'),
      source: address.optional().describe('Own address that packets get which take this route.'),
      advmss: z
        .int()
        .min(88)
        .max(65_495)
        .optional()
        .describe(
          'Largest segment that TCP peers are told to send, in bytes: 1440 where their packets come by a tunnel of IP in IP.',
        ),
      state: z.enum(['present', 'absent']).default('present').describe('Whether the route is there.'),
      persistent: z.boolean().default(true).describe('Keep it over a reboot, by whatever owns the network.'),
    })
    .refine((want) => want.to !== 'default' || want.via !== undefined || want.state === 'absent', {
      path: ['via'],
      error: 'A default route needs the address of its router.',
    });

type Want = z.output<ReturnType<typeof params>>;
type Live = { readonly live: Capture; readonly link: Capture };

/** A route, now and after a reboot. */
export const route = defineModule<Want, Probes>({
  name: 'route',
  absence: (want) => absentBy('route', want, 'to', 'via', 'device', 'metric', 'table'),
  doc: `Sets a route, now and after a reboot.

A route is what leads to one network with one metric in one table: where another router leads there, it is replaced at
once (\`ip route replace\`), so there is no moment without a route. With \`state: absent\` it is removed only where it leads
by the router and the card that are named. For the next boot it is written as module \`ip_address\` does.

Careful with the default route of the connection that Troupe itself uses: if the new router does not lead back, the
connection is lost, and nothing brings the old route back. Keep a route of its own to where you come from.`,
  params,
  examples: [
    { title: 'A default gateway', params: { to: 'default', via: '10.0.0.254', device: 'eth0' } },
    { title: 'A network behind a router', params: { to: '10.20.0.0/24', via: '10.10.0.1', device: 'eth1' } },
    {
      title: 'A gateway until the next boot',
      params: { to: 'default', via: '10.0.0.253', device: 'eth0', metric: 50, persistent: false },
    },
  ],
  identity: (want) => [want.to, ...(want.via ? [`via ${want.via}`] : []), `dev ${want.device}`].join(' '),
  inspect: (want, around) => ({
    link: linkProbe(want.device),
    live: liveProbe(want),
    ...keeperOf(around.facts, want.persistent).inspect(want.device),
  }),
  plan: (want, found, around) => {
    const { live, link } = found as Found<Live>;
    const present = want.state === 'present';
    const refusal = present ? linkRefusal(want.device, link, around) : undefined;
    if (refusal) return refusal;
    const saved = keeperOf(around.facts, want.persistent).plan(want.device, routeEntry(want), present, found);
    if (isRefusal(saved)) return saved;
    return [...liveSteps(want, live), ...saved];
  },
});

const family = (want: Want): string => (isIpv6Route(want) ? '-6' : '-4');

const liveProbe = (want: Want): Capture =>
  capture('ip', family(want), '-o', 'route', 'show', 'table', String(want.table ?? 'main'), want.to);

function liveSteps(want: Want, live: Captured): readonly Step[] {
  const lines = live.stdout.split('\n').filter((line) => line.trim() !== '');
  // IPv6 routes have metric 1024 where none is given (ip-route(8)).
  const metric = want.metric ?? (isIpv6Route(want) ? 1024 : 0);
  const current = lines.find((line) => Number(after(line, 'metric') ?? 0) === metric);
  const others = lines.filter((line) => line !== current);
  const before =
    current === undefined ? undefined : wayOf(after(current, 'via'), after(current, 'dev') ?? '');
  const way = wayOf(want.via, want.device);
  if (want.state === 'absent') {
    const isIt = before === way || (want.via === undefined && before?.endsWith(` dev ${want.device}`));
    if (before === undefined || !isIt) return [];
    const argv = [
      'ip',
      family(want),
      'route',
      'del',
      ...routeArguments({ ...want, source: undefined, advmss: undefined }),
    ];
    return [step('route', before, undefined, { action: run(argv), effects: [becomes(want, others)] })];
  }
  const source = current === undefined ? undefined : after(current, 'src');
  const action = run(['ip', family(want), 'route', 'replace', ...routeArguments(want)]);
  // As ip(8) prints it.
  const made = [
    `${want.to} ${way}`,
    ...(want.via === undefined && !isIpv6Route(want) ? ['scope link'] : []),
    ...(want.source === undefined ? [] : [`src ${want.source}`]),
    ...(metric === 0 ? [] : [`metric ${metric}`]),
    ...(want.advmss === undefined ? [] : [`advmss ${want.advmss}`]),
    ...(isIpv6Route(want) ? ['pref medium'] : ['']),
  ];
  const options = { action, effects: [becomes(want, [...others, made.join(' ')])] };
  if (before !== way) return [step('route', before, way, options)];
  if (want.source !== undefined && want.source !== source) {
    return [step('source', source, want.source, { ...options, sign: '~' })];
  }
  const advmss = current === undefined ? undefined : after(current, 'advmss');
  return differs('advmss', advmss, want.advmss === undefined ? undefined : String(want.advmss), options);
}

const becomes = (want: Want, lines: readonly string[]) =>
  answers(liveProbe(want), {
    ...{ rc: 0, stderr: '', missing: false },
    stdout: lines.map((line) => `${line}\n`).join(''),
  });

const wayOf = (via: string | undefined, card: string): string =>
  via === undefined ? `dev ${card}` : `via ${via} dev ${card}`;

function after(line: string, word: string): string | undefined {
  const words = line.split(/\s+/);
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
}
