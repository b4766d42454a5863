import { InvalidArgumentError } from 'commander';
import { trouble } from '../diagnostics/trouble.ts';
import { EXIT, type Io } from './io.ts';
import { type LabOptions, specOf, told } from './lab-options.ts';

/** Which cards, and how slow they are to be. */
export interface LinkOptions extends LabOptions {
  readonly segment?: string;
  readonly delay?: number;
  readonly loss?: number;
  readonly rate?: number;
}

/** A number above 0. */
export function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** A number above 0, and 100 at most. */
export function percentage(text: string): number {
  const number = positive(text);
  if (number <= 100) return number;
  throw new InvalidArgumentError('It must be 100 at most.');
}

/** `lab cut`, `slow` and `heal`. */
export async function changeLinks(
  what: 'cut' | 'slow' | 'heal',
  hosts: readonly string[],
  options: LinkOptions,
  io: Io,
): Promise<number> {
  const { labCut, labHeal, labSlow } = await import('../lab/links.ts');
  const { segment, delay, loss, rate } = options;
  const links = { hosts, ...(segment !== undefined && { segment }) };
  if (what !== 'heal' && hosts.length === 0 && segment === undefined) {
    throw trouble('usage', `"lab ${what}" wants to know whom.`, {
      help: `Name machines or a segment: troupe lab ${what} web1, or troupe lab ${what} --segment lan`,
    });
  }
  if (what === 'slow' && delay === undefined && loss === undefined && rate === undefined) {
    throw trouble('usage', '"lab slow" wants to know how slow.', {
      help: 'Give --delay, --loss or --rate: troupe lab slow web1 --delay 50 --loss 2',
    });
  }
  const spec = await specOf(options);
  if (what === 'cut') await labCut(spec, links, told(options, io));
  else if (what === 'heal') await labHeal(spec, links, told(options, io));
  else {
    const how = {
      ...(delay !== undefined && { delayMs: delay }),
      ...(loss !== undefined && { lossPercent: loss }),
      ...(rate !== undefined && { rateMbit: rate }),
    };
    await labSlow(spec, links, how, told(options, io));
  }
  return EXIT.done;
}
