/** Files of variables, such as .env. */
import { type Pairs, pairValue, withPair } from './image-config.js';

const assignment = /^\s*(?:export\s+)?([\w.-]+)\s*=(.*)$/;
const reference = /\$(?:\{(\w+)\}|(\w+))/g;

/** A value as it is written: in single quotes to the letter, in double quotes or bare with the variables before it filled in. */
function filledIn(written: string, before: Pairs): string {
  const text = written.trim();
  const [, single] = /^'([^']*)'/.exec(text) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  const bare = double?.replace(/\\(["\\$])/g, '$1').replaceAll('\\n', '\n') ?? text.replace(/\s+#.*$/, '');
  return bare.replace(
    reference,
    (_, braced?: string, plain?: string) => pairValue(before, braced ?? plain ?? '') ?? '',
  );
}

/** Reads lines of NAME=VALUE; of a name that comes twice the later counts. Lines of another form are passed over. */
export function parseEnvFile(text: string): Pairs {
  return text.split(/\r?\n/).reduce<Pairs>((pairs, line) => {
    const [, name, written] = assignment.exec(line) ?? [];
    return name === undefined ? pairs : withPair(pairs, name, filledIn(written ?? '', pairs));
  }, []);
}
