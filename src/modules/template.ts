import * as z from 'zod';
import { absentFile, defineModule } from './module.ts';
import {
  baseOfSource,
  inspectPlaced,
  type PlacedFile,
  placedFileParams,
  placeOf,
  planPlaced,
} from './placed-file.ts';

const params = () =>
  z.strictObject({
    src: z
      .string()
      .min(1)
      .describe(
        "Template of the role's, playbook's or project's `templates/`; the ending `.hbs` is not part of its name.",
      ),
    bytes: z.instanceof(Uint8Array).optional(),
    ...placedFileParams,
  });

type Want = z.infer<ReturnType<typeof params>>;

/** Renders a template and puts it on the host. */
export const template = defineModule({
  name: 'template',
  absence: (want, found) => absentFile(placeOf(placed(want), found.stat)),
  doc: 'Renders a Handlebars template and puts it on the host. The file is replaced atomically, and only where it differs. The directory must be there.',
  params,
  examples: [
    {
      title: 'Configure a service, and let it check the file first',
      params: {
        src: 'haproxy.cfg.hbs',
        dest: '/etc/haproxy/haproxy.cfg',
        mode: '0640',
        group: 'haproxy',
        validate: 'haproxy -c -f %s',
      },
    },
  ],
  identity: (want) => want.dest,
  source: { param: 'src', kind: 'templates', into: 'bytes' },
  inspect: (want: Want) => inspectPlaced(placed(want)),
  plan: (want, found) => planPlaced(placed(want), found),
});

const placed = (want: Want): PlacedFile => {
  return { ...want, content: want.bytes ?? new Uint8Array(), base: baseOfSource(want.src) };
};
