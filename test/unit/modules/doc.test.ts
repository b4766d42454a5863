import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { moduleDoc } from '../../../src/modules/doc.ts';
import { modules } from '../../../src/modules/index.ts';
import type { AnyModule } from '../../../src/modules/module.ts';
import { paramsSchema, playbookSchema } from '../../../src/modules/module-schema.ts';
import { modulesIndexDoc } from '../../../src/modules/modules-index-doc.ts';

describe.each([...modules.values()].map((module) => [module.name, module] as const))('%s', (name, module) => {
  test('its page has a row for every parameter', () => {
    const page = moduleDoc(module);
    for (const param of Object.keys(paramsSchema(module).properties ?? {})) {
      expect(page).toContain(`| \`${param}\` |`);
    }
  });

  test('its examples are YAML that says what they say', () => {
    const yaml = /```yaml\n([\s\S]*?)```\n$/.exec(moduleDoc(module))?.[1] ?? '';
    const tasks = parse(yaml) as readonly Record<string, unknown>[];
    const params = tasks.map((task) => task[name]);
    const written = module.examples.map((example) => example.params as Record<string, unknown>);
    const free = module.freeForm ?? '';
    expect(params.map((given) => (typeof given === 'string' ? { [free]: given } : given))).toEqual(written);
    expect(tasks.map((task) => task.name)).toEqual(module.examples.map(({ title }) => title));
  });
});

test('a parameter that is no text may be a template in a playbook', () => {
  const schema = playbookSchema(modules.get('ipvs_service') as AnyModule);
  expect(schema.properties?.port?.anyOf).toContainEqual({ type: 'string', pattern: '\\{\\{' });
  expect(schema.properties?.persistence_netmask?.anyOf).toBeUndefined();
});

test('the list of modules has a line for each', () => {
  expect(modulesIndexDoc(modules.values()).match(/^\| \[/gm)).toHaveLength(modules.size);
});
