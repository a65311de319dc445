/** The secrets of a session: values in memory only, replaced by *** wherever output leaves the engine. */
import { scryptSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

export interface Secrets {
  /** Keeps a value under an identity. */
  set(identity: string, plaintext: string): void;
  /**
   * Keeps a secret at an address under an identity, and returns that: it stands for the value, or for `cacheKey`, whatever the value is. Where
   * the value cannot be had it stands for the address, and whoever uses it gets the error.
   */
  bind(uri: string, cacheKey?: string): Promise<string>;
  /** Returns the value, fetched by its address the first time. @throws Error for an unknown secret */
  plaintext(identity: string): Promise<string>;
  /** Replaces every value seen so far by ***. */
  scrub(text: string): string;
  /** The same for text that comes line by line: what of a value stands in a line of its own is replaced too. */
  scrubLines(text: string): string;
  /** Makes a function that replaces these secrets' values, and no others. */
  scrubberOf(identities: readonly string[]): Promise<(text: string) => string>;
}

const mask = '***';

/** Slow, so that nobody learns a value from a key by trying. */
const derive = (value: string): string => scryptSync(value, 'quayside', 32).toString('hex');

async function fetchByAddress(uri: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [scheme, rest = ''] = uri.split(/:\/\/(.*)/s);
  switch (scheme) {
    case 'env': {
      const value = env[rest];
      if (value === undefined) throw new Error(`secret ${uri}: the environment variable ${rest} is not set`);
      return value;
    }
    case 'file':
      return readFile(rest.replace(/^~(?=\/|$)/, env.HOME ?? '~'), 'utf8');
    case 'cmd': {
      const result = await execa('sh', ['-c', rest], { reject: false, stripFinalNewline: false });
      if (result.exitCode !== 0) throw new Error(`secret ${uri}: the command exited with ${result.exitCode}`);
      return String(result.stdout);
    }
    default:
      throw new Error(`secret ${uri}: the local engine reads env://, file:// and cmd:// addresses`);
  }
}

const schemes = ['env', 'file', 'cmd', 'op', 'vault', 'libsecret', 'gcp', 'aws+sm', 'aws+ps'];

/** @throws Error for an address whose scheme no engine knows */
export function checkSecretAddress(uri: string): void {
  const [scheme, rest] = uri.split(/:\/\/(.*)/s);
  if (rest === undefined) throw new Error(`secret address ${JSON.stringify(uri)} is malformed: expected scheme://…`);
  if (!schemes.includes(scheme ?? '')) throw new Error(`unsupported secret provider ${JSON.stringify(scheme)}`);
}

/** The forms in which tools print a value: as it is, without the white space around it, and as it stands in an address. */
function formsOf(value: string): readonly string[] {
  const word = value.trim();
  return [
    value,
    word,
    ...(word.length >= tellingLine && !/\p{Surrogate}/u.test(word) ? [encodeURIComponent(word)] : []),
  ];
}

/** Replaces values by ***, in each of their forms. Longest first: one that contains another must not leave its rest behind. */
function replaceAll(text: string, values: Iterable<string>): string {
  const known = [...new Set([...values].flatMap(formsOf))].filter(form => form.trim() !== '');
  return known.sort((a, b) => b.length - a.length).reduce((out, value) => out.replaceAll(value, mask), text);
}

/** Shorter ones stand in any output. */
const tellingLine = 8;

function longLines(value: string): readonly string[] {
  return value.includes('\n') ? value.split('\n').filter(line => line.trim().length >= tellingLine) : [];
}

/** Opens the secrets of a session. */
export function openSecrets(env: NodeJS.ProcessEnv): Secrets {
  const values = new Map<string, string>();
  const addresses = new Map<string, string>();
  const plaintext = async (identity: string): Promise<string> => {
    const known = values.get(identity);
    if (known !== undefined) return known;
    const address = addresses.get(identity);
    if (address === undefined) throw new Error(`unknown secret ${JSON.stringify(identity)} in this session`);
    const value = await fetchByAddress(address, env);
    values.set(identity, value);
    return value;
  };
  const bind = async (uri: string, cacheKey?: string): Promise<string> => {
    if (cacheKey !== undefined) {
      const identity = `key:${cacheKey}`;
      addresses.set(identity, uri);
      values.delete(identity);
      return identity;
    }
    addresses.set(uri, uri);
    const value = await fetchByAddress(uri, env).catch(() => undefined);
    if (value === undefined) return uri;
    const identity = `value:${derive(value)}`;
    addresses.set(identity, uri);
    values.set(identity, value);
    return identity;
  };
  return {
    set: (identity, value) => void values.set(identity, value),
    bind,
    plaintext,
    scrub: text => replaceAll(text, values.values()),
    scrubLines: text =>
      replaceAll(
        text,
        [...values.values()].flatMap(value => [value, ...longLines(value)]),
      ),
    async scrubberOf(identities) {
      const own = await Promise.all(identities.map(plaintext));
      return text => replaceAll(text, own);
    },
  };
}
