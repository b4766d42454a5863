import type { AddCommand } from './command.ts';
import { EXIT, type Io } from './io.ts';

/** `troupe module [NAME]`: documentation of the modules, from their own definitions. */
export const moduleCommand: AddCommand = (program, io, done) => {
  program
    .command('module [name]')
    .description('Documentation of the modules; with a name, of that one.')
    .action((name: string | undefined) => done(show(name, io)));
};

async function show(name: string | undefined, io: Io): Promise<number> {
  const { modules } = await import('../modules/index.ts');
  if (name === undefined) {
    const width = Math.max(...[...modules.keys()].map((key) => key.length));
    for (const module of [...modules.values()].sort((a, b) => a.name.localeCompare(b.name))) {
      io.stdout.write(`${module.name.padEnd(width)}  ${firstSentence(module.doc)}\n`);
    }
    return EXIT.done;
  }
  const module = modules.get(name);
  if (!module) {
    const { trouble } = await import('../diagnostics/trouble.ts');
    const { didYouMean } = await import('../diagnostics/did-you-mean.ts');
    throw trouble('unknown-module', `There is no module '${name}'.`, {
      help: didYouMean(name, [...modules.keys()]) ?? '"troupe module" lists them all.',
    });
  }
  const { moduleDoc } = await import('../modules/doc.ts');
  io.stdout.write(moduleDoc(module));
  return EXIT.done;
}

const firstSentence = (doc: string): string => doc.split(/(?<=\.)\s/)[0] ?? doc;
