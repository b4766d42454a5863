/** Words of a command line, with a shell's quotes and backslashes and nothing else of a shell; or what is wrong. */
export function wordsOf(line: string): readonly string[] | { readonly wrong: string } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const char = line.charAt(index);
    if (quote === "'" && char !== "'") word = (word ?? '') + char;
    else if (char === '\\' && (quote === '' || '"\\$`'.includes(line.charAt(index + 1)))) {
      index += 1;
      word = (word ?? '') + line.charAt(index);
    } else if (quote !== '' && char === quote) quote = '';
    else if (quote !== '') word = (word ?? '') + char;
    else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (!/\s/.test(char)) word = (word ?? '') + char;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== '') return { wrong: `The quote ${quote} is not closed.` };
  if (word !== undefined) words.push(word);
  return words.length === 0 ? { wrong: 'The command is empty.' } : words;
}

const OPERATORS = new Set([
  '|',
  '||',
  '&',
  '&&',
  ';',
  '>',
  '>>',
  '<',
  '2>&1',
  '2>',
  '>/dev/null',
  '2>/dev/null',
]);

/** The first word that only a shell would understand; undefined where there is none. */
export const shellOperator = (line: string): string | undefined =>
  line.split(/\s+/).find((word) => OPERATORS.has(word));
