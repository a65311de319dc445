/** Logins that the code writes out beside a host that is a service here: that has a user and a password of its own, and lets nobody else in. */
import { SERVICES } from '../../support/services/index.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import type { ServiceFacts, Warning } from '../facts.js';

/** An address up to its host, with a user and a password in it. */
const LOGIN = /^([a-z][\w+.-]*):\/\/[^:@/{}%$\s]+:[^@/{}%$\s]+@/;

/** Names of what a password is given to. */
const PASSWORD = /^(pass|passwd|password|pwd)$/i;

/** Finds them: of services of which a variable gives the host, and none the login. */
export function literalLogins(services: readonly ServiceFacts[], modules: readonly PythonModule[]): readonly Warning[] {
  return services.flatMap(service => {
    const hosts = hostsOf(service);
    const place = hosts === undefined ? undefined : placeOf(service, hosts, modules);
    if (!place) return [];
    const { title } = SERVICES[service.kind];
    const why = `the code has a user and a password of its own there; those of the ${service.kind} here are others, and it lets nobody else in`;
    return [{ value: `login of ${title}`, place, why }];
  });
}

/** The words by which a statement names the host of a service; undefined where its login is given too, or there is none. */
function hostsOf({ addresses = [], parts = [], kind }: ServiceFacts): readonly string[] | undefined {
  const isLogin = parts.some(({ part }) => part === 'password' || part === 'user');
  if (isLogin || SERVICES[kind].isOpen || addresses.length > 0) return undefined;
  return parts.flatMap(({ part, variable }) => (part === 'host' || part === 'server' ? [variable.value] : []));
}

function placeOf({ kind }: ServiceFacts, hosts: readonly string[], modules: readonly PythonModule[]) {
  const { schemes } = SERVICES[kind];
  for (const { path, isTest, statements } of modules) {
    if (isTest) continue;
    for (const { tokens } of statements) {
      const isOfHost = tokens.some(({ kind: type, text }) => type === 'string' && hosts.includes(text));
      const login = tokens.find((token, at) => isAddress(token, schemes) || (isOfHost && isPassword(tokens, at)));
      if (login) return { file: path, line: login.line };
    }
  }
  return undefined;
}

/** Whether a text begins an address with a login, the host being put in by what follows. */
function isAddress({ kind, text, formatted }: PythonToken, schemes: RegExp): boolean {
  const scheme = kind === 'string' && formatted === true ? LOGIN.exec(text)?.[1] : undefined;
  return scheme !== undefined && schemes.test(scheme);
}

/** Whether a token is a plain text that is given for a password: `"PASSWORD": "x"`, `password="x"`. */
function isPassword(tokens: readonly PythonToken[], at: number): boolean {
  const [name, sign, value, next] = [tokens[at - 2], tokens[at - 1], tokens[at], tokens[at + 1]];
  const isWhole =
    value?.kind === 'string' && value.text !== '' && !value.formatted && /^[,})]$/.test(next?.text ?? ',');
  return isWhole && /^[:=]$/.test(sign?.text ?? '') && PASSWORD.test(name?.text ?? '');
}
