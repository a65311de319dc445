/** Services whose host the code writes out: where that is what a service is called here, it is found without any variable. */

import type { Sourced } from '../../source/sourced.js';
import type { ServiceKind } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';

/** Names of what is given a host. */
const NAMES_HOST = /(^|_)(hosts?|hostname|servers?|broker|backend|location)$/i;

/** Finds the place, for a service that asks for no password: `Redis(host="redis")`, `"redis://redis:6379/0"`, `REDIS_HOST = "redis"`, `"hosts": [("redis", 6379)]`, `"LOCATION": "memcached:11211"`. */
export function fixedHost(kind: ServiceKind, modules: readonly PythonModule[]): Sourced<string> | undefined {
  const { isOpen, schemes } = SERVICES[kind];
  if (!isOpen) return undefined;
  const isAddress = (text: string) => {
    const [, scheme, host] = /^([a-z][\w+.-]*):\/\/(?:[^@/]*@)?([\w.-]+)/.exec(text) ?? [];
    return scheme !== undefined && host === kind && schemes.test(scheme);
  };
  for (const { path, isTest, statements } of modules) {
    if (isTest) continue;
    for (const { tokens } of statements) {
      const at = tokens.findIndex(
        ({ kind: type, text }, index) =>
          type === 'string' &&
          (isAddress(text) || (text.replace(/:\d+$/, '') === kind && (isHost(tokens, index) || isPair(tokens, index)))),
      );
      if (at >= 0) return { value: kind, place: { file: path, line: tokens[at]!.line }, why: 'fixed in the code' };
    }
  }
  return undefined;
}

/** Whether a text is given to something that is called a host: `host="x"`, `HOST = "x"`, `"host": "x"`, the first of a list too. */
function isHost(tokens: readonly PythonToken[], at: number): boolean {
  const before = /^[[(]$/.test(tokens[at - 1]?.text ?? '') && tokens[at - 1]?.kind === 'op' ? at - 1 : at;
  const [name, sign] = [tokens[before - 2], tokens[before - 1]];
  return /^[=:]$/.test(sign?.text ?? '') && NAMES_HOST.test(name?.text ?? '');
}

/** Whether a text is a host with its port, where hosts are given: `("x", 6379)`. */
function isPair(tokens: readonly PythonToken[], at: number): boolean {
  const [open, , comma, port] = tokens.slice(at - 1, at + 3);
  return open?.text === '(' && comma?.text === ',' && port?.kind === 'number' && isHost(tokens, at - 1);
}
