type Location = hbs.AST.SourceLocation;
type Position = hbs.AST.Position;

/** `{{name}}`, `{{ map.key }}`: nothing that is called, trimmed, opened or closed. */
const NAME = /\{\{( *)([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*) *\}\}(?!\})/y;
/** Names that Handlebars reads otherwise, or refuses. */
const WORDS = /(?:^|\.)(?:as|else|false|null|this|true|undefined)(?:\.|$)/;
/** Signs that its lexer ends a text or counts lines by. */
const SIGNS = /[\0\r\u2028\u2029]/;

/**
 * The syntax tree of a template that is just text and names, as Handlebars' parser makes it; undefined for any other. Most
 * templates are no more than that, and that parser, made for the whole language, takes many times as long for them.
 */
export function simpleTemplate(text: string): hbs.AST.Program | undefined {
  if (text === '' || SIGNS.test(text)) return undefined;
  const body: hbs.AST.Statement[] = [];
  const start: Position = { line: 1, column: 0 };
  let end = start;
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('{{', at);
    const content = open < 0 ? text.slice(at) : text.slice(at, open);
    if (content !== '') {
      const from = end;
      end = after(content, from);
      body.push(contentStatement(content, between(from, end)));
    }
    if (open < 0) break;
    NAME.lastIndex = open;
    const [found, space = '', name = ''] = NAME.exec(text) ?? [];
    // A backslash may escape the braces.
    if (found === undefined || WORDS.test(name) || content.endsWith('\\')) return undefined;
    const from = end;
    end = onwards(from, found.length);
    const path = onwards(from, 2 + space.length);
    body.push(mustacheStatement(name, between(path, onwards(path, name.length)), between(from, end)));
    at = open + found.length;
  }
  return made<hbs.AST.Program>({ type: 'Program', body, strip: {}, loc: between(start, end) });
}

const contentStatement = (value: string, loc: Location) =>
  made<hbs.AST.ContentStatement>({ type: 'ContentStatement', original: value, value, loc });

const mustacheStatement = (name: string, of: Location, loc: Location) =>
  made<hbs.AST.MustacheStatement>({
    type: 'MustacheStatement',
    path: { type: 'PathExpression', data: false, depth: 0, parts: name.split('.'), original: name, loc: of },
    params: [],
    escaped: true,
    strip: { open: false, close: false },
    loc,
  });

/** A node with the fields that the parser gives; Handlebars' types have more of them. */
const made = <Node>(fields: object): Node => fields as Node;

const between = (start: Position, end: Position) => made<Location>({ start, end });

const onwards = ({ line, column }: Position, columns: number): Position => ({
  line,
  column: column + columns,
});

/** The position behind a text that starts at another one. */
function after(text: string, from: Position): Position {
  const lines = text.split('\n');
  const last = lines.at(-1)?.length ?? 0;
  return lines.length === 1 ? onwards(from, last) : { line: from.line + lines.length - 1, column: last };
}
