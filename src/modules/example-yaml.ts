/** A task of an example as YAML, as somebody would write it. */
export function exampleYaml(title: string, module: string, params: unknown, freeForm?: string): string {
  const free = freeForm === undefined ? undefined : onlyText(params, freeForm);
  const task = free === undefined ? [`  ${module}:`, ...block(params, 4)] : [`  ${module}: ${scalar(free)}`];
  return [`- name: ${scalar(title)}`, ...task].join('\n');
}

function onlyText(params: unknown, key: string): string | undefined {
  if (!isMap(params) || Object.keys(params).length !== 1) return undefined;
  const value = params[key];
  return typeof value === 'string' ? value : undefined;
}

function block(value: unknown, indent: number): readonly string[] {
  const pad = ' '.repeat(indent);
  if (!isMap(value)) return [`${pad}${flow(value)}`];
  return Object.entries(value).flatMap(([key, part]) => {
    if (Array.isArray(part) && part.some(isMap)) {
      return [`${pad}${key}:`, ...part.map((item) => `${pad}  - ${flow(item)}`)];
    }
    return [`${pad}${key}: ${flow(part)}`];
  });
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, part]) => `${key}: ${flow(part)}`);
    return `{${entries.join(', ')}}`;
  }
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

// What YAML would not read as anything but text may go without quotes.
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)(?:[A-Za-z/][\w ./@+-]*[\w./]|[A-Za-z/])$/i;
const ADDRESS = /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/;
const scalar = (text: string): string =>
  PLAIN.test(text) || ADDRESS.test(text) ? text : JSON.stringify(text);

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
