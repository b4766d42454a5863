import type { Command } from 'commander';
import type { Io } from './io.ts';

/** What a command file gives: its options and texts, and what it does; the number is the exit status. */
export type AddCommand = (program: Command, io: Io, done: (status: Promise<number>) => Promise<void>) => void;
