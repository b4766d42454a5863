// JSON Schema of a playbook and of a role's tasks, for editors: the keywords of src/load, the modules' own parameters.
const text = { type: 'string' };
const texts = { anyOf: [text, { type: 'array', items: text }] };
const flag = { anyOf: [{ type: 'boolean' }, { type: 'string', pattern: '\\{\\{' }] };
const condition = {
  anyOf: [{ type: 'boolean' }, text, { type: 'array', items: { type: ['string', 'boolean'] } }],
};
const map = { type: 'object' };
const list = { type: 'array' };
const count = {
  anyOf: [
    { type: 'integer', minimum: 0 },
    { type: 'string', pattern: '\\{\\{' },
  ],
};
const nodes = { type: 'array', items: { $ref: '#/$defs/node' } };

/** What the value of a keyword looks like; a keyword that is not here takes any value. */
const VALUES = {
  name: text,
  hosts: texts,
  when: condition,
  changed_when: condition,
  failed_when: condition,
  until: condition,
  tags: texts,
  vars: map,
  vars_files: { type: 'array', items: text },
  roles: { type: 'array', items: { anyOf: [text, { type: 'object', required: ['role'] }] } },
  pre_tasks: nodes,
  tasks: nodes,
  post_tasks: nodes,
  handlers: nodes,
  block: nodes,
  rescue: nodes,
  always: nodes,
  become: flag,
  become_user: text,
  become_method: { enum: ['sudo'] },
  ignore_errors: flag,
  any_errors_fatal: flag,
  gather_facts: flag,
  loop: { anyOf: [list, text] },
  loop_control: map,
  register: text,
  notify: texts,
  listen: texts,
  retries: count,
  delay: count,
  check_mode: flag,
  no_log: flag,
  run_once: flag,
  args: map,
};

const properties = (keywords) =>
  Object.fromEntries([...new Set(keywords)].map((keyword) => [keyword, VALUES[keyword] ?? {}]));

/** `playbook`: plays; otherwise a list of tasks, as in a role's tasks/main.yml. */
export function playbookSchemaOf({ modules, playbookSchema, keywords }, playbook) {
  const meta = { const: 'flush_handlers', description: 'Runs the handlers that were notified so far.' };
  const file = { anyOf: [text, map], description: 'Tasks of another file.' };
  const verbs = { meta, import_tasks: file, include_tasks: file };
  const all = [...modules.values()].map((module) => [module.name, playbookSchema(module)]);
  const task = {
    type: 'object',
    properties: { ...properties(keywords.TASK_KEYWORDS), ...verbs, ...Object.fromEntries(all) },
    additionalProperties: false,
    not: { required: ['block'] },
  };
  const block = {
    type: 'object',
    required: ['block'],
    properties: properties(keywords.BLOCK_KEYWORDS),
    additionalProperties: false,
  };
  // Entries, because an object with a key `then` is mistaken for a promise.
  const node = [
    ['if', { required: ['block'] }],
    ['then', block],
    ['else', task],
  ];
  const play = {
    type: 'object',
    properties: { ...properties(keywords.PLAY_KEYWORDS), import_playbook: text },
    anyOf: [{ required: ['hosts'] }, { required: ['import_playbook'] }],
    additionalProperties: false,
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: playbook ? 'Troupe playbook' : 'Tasks of a Troupe role',
    type: 'array',
    items: { $ref: playbook ? '#/$defs/play' : '#/$defs/node' },
    $defs: { ...(playbook ? { play } : {}), node: Object.fromEntries(node) },
  };
}
