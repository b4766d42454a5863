import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Io } from './io.ts';

/** How a run is shown. */
export type Format = 'live' | 'plain' | 'json';

/** Options that choose the hosts. */
export interface HostOptions {
  readonly inventory: readonly string[];
  readonly limit?: string;
}

/** Options of the commands that read a playbook. */
export interface PlaybookOptions extends HostOptions {
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars: readonly string[];
}

/** Options of the commands that connect. */
export interface RunOptions extends PlaybookOptions {
  readonly format?: Format;
  readonly forks: number;
  readonly askBecomePass?: boolean;
  readonly verbose?: boolean;
  /** Of `plan` only. */
  readonly onlyChanged?: boolean;
}

/** Options of `apply`. */
export interface ApplyOptions extends RunOptions {
  readonly confirm?: boolean;
  readonly partial?: boolean;
}

const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const appendList = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(',').map((part) => part.trim()),
];

/** Hosts worked on at the same time where --forks says nothing. */
export const FORKS = 50;

/** Parses a whole number above zero for commander. */
export function positive(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('Give a number above 0.');
  return number;
}

export const whole = (value: string): number => {
  const number = positive(value);
  if (!Number.isInteger(number)) throw new InvalidArgumentError('Give a whole number.');
  return number;
};

export const inventoryOption = (command: Command): Command =>
  command.requiredOption(
    '-i, --inventory <file>',
    'inventory: a YAML file or a folder of them (may be repeated)',
    append,
  );

export const formatOption = (command: Command): Command =>
  command.addOption(
    new Option('--format <format>', 'live on a terminal, plain elsewhere, or json: one event a line').choices(
      ['live', 'plain', 'json'],
    ),
  );

export const playbookOptions = (command: Command): Command =>
  inventoryOption(command)
    .option('-l, --limit <pattern>', 'only these hosts of the playbook')
    .option('-t, --tags <tags>', 'only tasks with one of these tags, comma-separated', appendList, [])
    .option('--skip-tags <tags>', 'no task with one of these tags', appendList, [])
    .option('-e, --extra-vars <k=v|@file>', 'variables over all others (may be repeated)', append, []);

export const connectionOptions = (command: Command): Command =>
  formatOption(command)
    .option('--forks <n>', 'hosts worked on at the same time', whole, FORKS)
    .option('-K, --ask-become-pass', 'ask for the password of sudo')
    .option('-v, --verbose', 'show tasks that are ok or skipped too');

export const runOptions = (command: Command): Command => connectionOptions(playbookOptions(command));

/** The format asked for, or the one that fits the output: a terminal that cannot move its cursor gets plain text. */
export const formatFor = (asked: Format | undefined, { stdout, env }: Io): Format =>
  asked ?? (stdout.isTTY && env.TERM !== 'dumb' ? 'live' : 'plain');
