/** Asking a registry: over the protocol that it speaks, by whom it wants, and wherever it leads. */
import { apiOf, type Repository } from './address.js';
import { patienceFor } from './answers.js';
import { authorization, type Credentials, secretsOf } from './authorization.js';
import { beginningOf } from './bodies.js';
import { failureOfAnswer, failureOfConnection, RegistryFailure } from './failure.js';
import { mayGiveTokens, mayLeadTo } from './places.js';
import { fetchWith, trustOf } from './trust.js';

export interface Question {
  readonly what: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | Uint8Array;
  /** Bytes that go over the line beside a document's. */
  readonly bytes?: number;
  /** Answers that are no failure. */
  readonly fine: readonly number[];
}

/** Who asks, and for what. */
export interface Asker {
  readonly credentials: Credentials | undefined;
  /** As token servers want it: `repository:acme/shop:pull,push`. */
  readonly scopes: readonly string[];
  /** Host of a token server that is none of the registry's by its name. */
  readonly tokenServer: string | undefined;
}

/** A registry that is asked. */
export interface AskedRegistry {
  /** Asks; rejects with a RegistryFailure for an answer that is not fine, or none. Does not ask twice. */
  ask(question: Question): Promise<Response>;
  /** A place that the registry names in an answer to what was asked at another; throws a RegistryFailure where it is none. */
  placeOf(location: string, what: string, asked: string): URL;
}

/** How often a registry may lead elsewhere before it is taken at its word. */
const MOST_HOPS = 5;

const MOVED = [301, 302, 303, 307, 308];

const PLAIN = 'Plain HTTP is spoken to this machine alone: the registry has to name its places with https';
const OWN = 'A registry elsewhere leads to no place on this machine, and to none that names a user';

/** A server on this machine that speaks TLS says so when it is asked without; not to HEAD, whose answers have no body. */
async function wantsTls(host: string): Promise<boolean> {
  const answer = await fetch(`http://${host}/v2/`, { redirect: 'manual', signal: patienceFor(0) }).catch(
    () => undefined,
  );
  return (
    answer?.status === 400 &&
    /HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)/i.test(await beginningOf(answer, 4096))
  );
}

/** Makes a registry ready to be asked about a repository; nothing is asked yet. */
export function askedRegistry(repository: Repository, { credentials, scopes, tokenServer }: Asker): AskedRegistry {
  const base = apiOf(repository);
  const host = new URL(base).host;
  const isTrusted = (url: URL) => mayGiveTokens(repository, url, tokenServer);
  let authorized: Promise<string> | undefined;
  let fetching: Promise<typeof fetch> | undefined;
  let speaksTls = base.startsWith('https:');

  /** A place of the registry itself is reached as the registry is, whatever it takes itself for behind a proxy. */
  const placeOf = (location: string, what: string, from = base): URL => {
    if (!URL.canParse(location, from))
      throw new RegistryFailure(
        'refused',
        `${what}: the registry leads to ${location.slice(0, 200)}, which is no address`,
      );
    const place = new URL(location, from);
    if (place.host === host) place.protocol = speaksTls ? 'https:' : 'http:';
    if (mayLeadTo(repository, place)) return place;
    const advice = place.protocol === 'https:' || place.username !== '' ? OWN : PLAIN;
    throw new RegistryFailure('refused', `${what}: the registry leads to ${place.protocol}//${place.host}`, { advice });
  };

  const send = async ({ what, method, headers, body, bytes = 0 }: Question, url: URL): Promise<Response> => {
    fetching ??= trustOf(repository.registry).then(fetchWith);
    const [authorizationHeader, ask] = [await authorized, await fetching];
    // A storage behind the registry is told nothing of who asks.
    const own = url.host === host && authorizationHeader !== undefined;
    return ask(url, {
      method,
      headers: { ...headers, ...(own && { authorization: authorizationHeader }) },
      ...(body !== undefined && { body: body as Blob }),
      redirect: 'manual',
      signal: patienceFor(bytes),
    }).catch(error => {
      throw failureOfConnection(what, url.host, error);
    });
  };

  const follow = async (question: Question): Promise<Response> => {
    let url = placeOf(question.url, question.what);
    for (let hops = 0; ; hops++) {
      const answer = await send(question, url);
      const location = MOVED.includes(answer.status) ? answer.headers.get('location') : null;
      if (location === null || hops === MOST_HOPS) return answer;
      await answer.body?.cancel();
      url = placeOf(location, question.what, url.href);
    }
  };

  const answerTo = async (question: Question): Promise<Response> => {
    const known = authorized;
    const request = async (): Promise<Response> => {
      const answer = await follow(question);
      if (answer.status !== 400 || speaksTls || !(await wantsTls(host))) return answer;
      await answer.body?.cancel();
      speaksTls = true;
      return follow(question);
    };
    const answer = await request();
    const challenge = answer.headers.get('www-authenticate');
    if (answer.status !== 401 || challenge === null) return answer;
    await answer.body?.cancel();
    // Tokens pass; who asked side by side shares the next one.
    if (authorized === known) {
      authorized = fetching!.then(ask => authorization(challenge, credentials, { scopes, isTrusted, ask }));
      authorized.catch(() => {
        authorized = undefined;
      });
    }
    return request();
  };

  const ask = async (question: Question): Promise<Response> => {
    const answer = await answerTo(question);
    if (question.fine.includes(answer.status)) return answer;
    const given = (await authorized)?.split(' ').at(-1);
    throw await failureOfAnswer(question.what, answer, [...secretsOf(credentials), ...(given ? [given] : [])]);
  };

  return { ask, placeOf };
}
