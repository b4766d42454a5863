import * as z from 'zod';
import type { Decision } from './module.ts';

/** A parameter that holds an expression, as it comes to a module. */
export const decision = z.custom<Decision>(
  (value) => typeof value === 'object' && value !== null && 'text' in value && 'value' in value,
  { error: 'Write a condition, as text.' },
);
