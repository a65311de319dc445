/** Services whose host the code writes out, by the name that its compose file has for it: a service of that name is found without any variable. */
import type { Sourced } from '../../source/sourced.js';
import type { ServiceKind } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { type Deployment, serviceAt } from '../files/deployment.js';

/** Names of what is given a host. */
const NAMES_HOST = /(^|_)(hosts?|hostname|servers?|broker|backend|location)$/i;

/**
 * Finds the place: `Redis(host="redis")`, `"redis://cache:6379/0"`, `"HOST": "db"`, `"hosts": [("redis", 6379)]`, `"LOCATION": "memcached:11211"`.
 * An address with a login in it is none: the service has another.
 */
export function fixedHost(
  kind: ServiceKind,
  modules: readonly PythonModule[],
  deployment: Deployment,
): Sourced<string> | undefined {
  const { isOpen, schemes } = SERVICES[kind];
  const isNamed = (host: string) => host === kind || serviceAt(deployment, host) === kind;
  const hostOf = (text: string, tokens: readonly PythonToken[], index: number) => {
    const [, scheme, host = ''] = /^([a-z][\w+.-]*):\/\/(?:[^@/]*@)?([\w.-]+)/.exec(text) ?? [];
    if (scheme !== undefined) return isOpen && isNamed(host) && schemes.test(scheme) ? host : undefined;
    const bare = text.replace(/:\d+$/, '');
    return isNamed(bare) && (isHost(tokens, index) || isPair(tokens, index)) ? bare : undefined;
  };
  for (const { path, isTest, statements } of modules) {
    if (isTest) continue;
    for (const { tokens } of statements) {
      for (const [index, { kind: type, text, line }] of tokens.entries()) {
        const host = type === 'string' ? hostOf(text, tokens, index) : undefined;
        if (host !== undefined) return { value: host, place: { file: path, line }, why: 'fixed in the code' };
      }
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
