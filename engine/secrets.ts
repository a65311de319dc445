/** The secrets of a session: values in memory only, replaced by *** wherever output leaves the engine. */
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { InfrastructureError } from './errors.js';

export interface Secrets {
  /** Keeps a value under an identity. */
  set(identity: string, plaintext: string): void;
  /** Returns the value, fetched by its address the first time. @throws Error for an unknown secret */
  plaintext(identity: string): Promise<string>;
  /** Replaces every value seen so far by ***. */
  scrub(text: string): string;
}

const mask = '***';

async function fetchByAddress(uri: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [scheme, rest = ''] = uri.split(/:\/\/(.*)/s);
  switch (scheme) {
    case 'env': {
      const value = env[rest];
      if (value === undefined) throw new Error(`secret ${uri}: the environment variable ${rest} is not set`);
      return value;
    }
    case 'file':
      return readFile(rest, 'utf8');
    case 'cmd': {
      const result = await execa('sh', ['-c', rest], { reject: false, stripFinalNewline: false });
      if (result.exitCode !== 0)
        throw new InfrastructureError(`secret ${uri}: the command exited with ${result.exitCode}`);
      return String(result.stdout);
    }
    default:
      throw new Error(`secret ${uri}: the local engine reads env://, file:// and cmd:// addresses`);
  }
}

/** Opens the secrets of a session. */
export function openSecrets(env: NodeJS.ProcessEnv): Secrets {
  const values = new Map<string, string>();
  return {
    set: (identity, plaintext) => void values.set(identity, plaintext),
    async plaintext(identity) {
      const known = values.get(identity);
      if (known !== undefined) return known;
      if (!identity.includes('://')) throw new Error(`unknown secret ${JSON.stringify(identity)} in this session`);
      const value = await fetchByAddress(identity, env);
      values.set(identity, value);
      return value;
    },
    scrub(text) {
      // Longest first: a secret that contains another must not leave its rest behind.
      const known = [...new Set(values.values())].filter(v => v.trim() !== '').sort((a, b) => b.length - a.length);
      return known.reduce((out, value) => out.replaceAll(value, mask), text);
    },
  };
}
