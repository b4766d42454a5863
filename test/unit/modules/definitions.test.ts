import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { modules } from '../../../src/modules/index.ts';
import { casesOf, modulesWithCases } from './module-case.ts';

describe.each([...modules.entries()])('%s', (name, module) => {
  test('its name is a snake_case word and its doc begins with a sentence', () => {
    expect(module.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(module.name).toBe(name);
    expect(module.doc).toMatch(/^[A-Z].*\./);
  });

  test('its examples are valid', () => {
    expect(module.examples.length).toBeGreaterThan(0);
    for (const { params } of module.examples) {
      const given = module.source
        ? { ...(params as object), [module.source.into]: new Uint8Array() }
        : params;
      expect(module.params.safeParse(decided(given, module.expressions ?? [])).error).toBeUndefined();
    }
  });

  test('every parameter is described', () => {
    const schema = z.toJSONSchema(module.params, { io: 'input', unrepresentable: 'any' });
    const undescribed = Object.entries(schema.properties ?? {})
      .filter(([param]) => param !== module.source?.into)
      .filter(([, property]) => typeof property === 'boolean' || !property.description);
    expect(undescribed.map(([param]) => param)).toEqual([]);
  });

  test('it has cases', () => {
    const written = modulesWithCases().includes(name) ? casesOf(name) : [];
    const alias = [...modules.values()].some((other) => other !== module && other.inspect === module.inspect);
    expect(written.length > 0 || alias).toBe(true);
  });
});

/** Expressions come to a module decided. */
function decided(params: unknown, expressions: readonly string[]): unknown {
  const decide = (text: unknown): unknown => (Array.isArray(text) ? text.map(decide) : { text, value: true });
  const entries = Object.entries(params as object).map(([key, value]) => {
    return [key, expressions.includes(key) ? decide(value) : value] as const;
  });
  return Object.fromEntries(entries);
}
