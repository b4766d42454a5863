import type { AccountProbe } from '../../model/probe.ts';
import { type Asked, type Piece, probePiece } from '../piece.ts';
import { quoteAll } from '../quote.ts';

const DEADLINE_MS = 30_000;
/** What can be a name; the rest is nobody's, and might be an option. */
const NAME = /^[A-Za-z0-9_][\w.@$\\+-]*$/;

/** One getent(1) for all users and one for all groups, which asks LDAP too; where there is none, the files themselves. */
export function accountPiece(parts: readonly Asked<AccountProbe>[], key: string): Piece {
  const namesOf = (database: AccountProbe['database']): readonly string[] => [
    ...new Set(
      parts.flatMap(({ probe }) =>
        probe.database === database && NAME.test(probe.name) ? [probe.name] : [],
      ),
    ),
  ];
  const ask = (database: AccountProbe['database']): readonly string[] => {
    const names = namesOf(database);
    if (names.length === 0) return [];
    const section = `${key}:${database}`;
    const get = `if command -v getent >/dev/null; then getent ${database} ${quoteAll(names)}; else cat /etc/${database}; fi`;
    return [`_b s ${section}; ${get}; _b c ${section} 0`];
  };
  const script = [...ask('passwd'), ...ask('group')].join('\n') || ':';
  return probePiece(parts, script, DEADLINE_MS, (frame) => {
    const read = (database: AccountProbe['database']): ReadonlyMap<string, number> =>
      new Map(
        (frame.sections.get(`${key}:${database}`)?.text() ?? '').split('\n').map((line) => {
          const [name = '', , id] = line.split(':');
          return [name, Number(id)] as const;
        }),
      );
    const found = { passwd: read('passwd'), group: read('group') };
    return ({ probe }) => {
      const id = found[probe.database].get(probe.name);
      return id === undefined ? {} : { id };
    };
  });
}
