/** What a registry wants to know of who asks: a user's name and password, or a token that another server gives for them. */
import { bytesIn, jsonOf, LONGEST_DOCUMENT, patienceFor } from './answers.js';
import { failureOfAnswer, failureOfConnection, RegistryFailure } from './failure.js';
import { retrying } from './retry.js';

export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** What `docker login` keeps of an account without a password. */
  | { readonly kind: 'identity token'; readonly token: string };

/** A registry's answer to a request without authorization (RFC 9110, 11.6.1). */
interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

function readChallenge(header: string): Challenge {
  const [, scheme = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(header) ?? [];
  const pairs = [...rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)];
  const parameters = pairs.map(([, name = '', quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? '']);
  return { scheme: scheme.toLowerCase(), parameters: Object.fromEntries(parameters) };
}

/** How a token is asked for. */
interface Asking {
  /** What is going to be asked for, as token servers want it: `repository:acme/shop:pull,push`. The first is what cannot be done without. */
  readonly scopes: readonly string[];
  /** Whether a token server may be given the credentials. */
  readonly isTrusted: (url: URL) => boolean;
  /** A fetch that trusts what the registry is trusted by. */
  readonly ask: typeof fetch;
}

/**
 * Answers a challenge.
 * @param header the value of WWW-Authenticate
 * @returns the value of Authorization; throws a RegistryFailure when there are no credentials, or they are not accepted
 */
export async function authorization(
  header: string,
  credentials: Credentials | undefined,
  asking: Asking,
): Promise<string> {
  const { scheme, parameters } = readChallenge(header);
  if (scheme === 'basic') {
    if (credentials?.kind !== 'password')
      throw new RegistryFailure('denied', 'the registry wants a user and a password, and none is known');
    return basic(credentials);
  }
  if (scheme !== 'bearer')
    throw new RegistryFailure('refused', `the registry wants to be asked by ${scheme || 'nothing that is known'}`);
  return `Bearer ${await tokenOf(parameters, credentials, asking)}`;
}

function basic({ username, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Asks the token server, as the distribution project's "token authentication" says. */
async function tokenOf(
  { realm = '', service }: Readonly<Record<string, string>>,
  credentials: Credentials | undefined,
  { scopes, isTrusted, ask }: Asking,
): Promise<string> {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !isTrusted(url))
    throw new RegistryFailure(
      'refused',
      `the registry sends credentials to ${url?.origin ?? (realm || 'nowhere')}, which is not trusted`,
      url?.protocol === 'https:' ? { advice: ELSEWHERE(url.host) } : {},
    );
  const what = `asking ${url.host} for a token`;
  return retrying(async () => {
    const answerFor = (wanted: readonly string[]) =>
      request(url, { service, scopes: wanted, credentials }, ask).catch(error => {
        throw failureOfConnection(what, url.host, error);
      });
    const first = await answerFor(scopes);
    // Who may write to the repository need not be let into those beside it, which save something and no more.
    const isForLess = [401, 403].includes(first.status) && scopes.length > 1;
    if (isForLess) await first.body?.cancel();
    const answer = isForLess ? await answerFor(scopes.slice(0, 1)) : first;
    if (!answer.ok) throw await failureOfAnswer(what, answer, secretsOf(credentials));
    const told = jsonOf(await bytesIn(answer, { what, most: LONGEST_DOCUMENT }), what);
    const { token, access_token: access } = (told ?? {}) as {
      readonly token?: unknown;
      readonly access_token?: unknown;
    };
    const given = token ?? access;
    if (typeof given !== 'string' || !TOKEN.test(given))
      throw new RegistryFailure('refused', `${what}: there is none in the answer`);
    return given;
  });
}

/** What a header may hold of a token (RFC 6750, 2.1), and somewhat more, as servers have it. */
const TOKEN = /^[\x21-\x7e]+$/;

const ELSEWHERE = (host: string): string =>
  `Where ${host} belongs to the registry, say so in quayside.yaml: publish: { tokenServer: ${host} }`;

/** What no message repeats, in all forms in which it goes over the line. */
export function secretsOf(credentials: Credentials | undefined): readonly string[] {
  if (credentials === undefined) return [];
  if (credentials.kind === 'identity token') return [credentials.token];
  return [basic(credentials).slice('Basic '.length), credentials.password].filter(secret => secret !== '');
}

interface TokenRequest {
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly credentials: Credentials | undefined;
}

function request(url: URL, { service, scopes, credentials }: TokenRequest, ask: typeof fetch): Promise<Response> {
  if (credentials?.kind === 'identity token') {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'quayside',
      refresh_token: credentials.token,
      scope: scopes.join(' '),
      ...(service !== undefined && { service }),
    });
    return ask(url, { ...once(), method: 'POST', body });
  }
  const asked = new URL(url);
  if (service !== undefined) asked.searchParams.set('service', service);
  for (const scope of scopes) asked.searchParams.append('scope', scope);
  return ask(asked, {
    ...once(),
    ...(credentials !== undefined && { headers: { authorization: basic(credentials) } }),
  });
}

/** Whoever sends elsewhere for a token would have what was sent repeated there. */
const once = () => ({ redirect: 'manual', signal: patienceFor(0) }) as const;
