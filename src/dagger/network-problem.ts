/** What installers say of a network that failed, told as a failure of the machine: trying again may help. */
import type { ExecFailure } from './failures.js';

/** Thrown when the machine or the network failed, not the app. The command line exits with 75. */
export class NetworkError extends Error {
  readonly extensions = { _type: 'INFRASTRUCTURE' } as const;
  constructor(message: string) {
    super(message);
    this.name = 'NetworkError';
  }
}

/**
 * What each tool says when it gives up, in whole phrases: a line that only warns of a first attempt does not match. A name that does not
 * exist is whoever's who wrote it, and a certificate that is not trusted nobody's who waits: neither is here.
 */
const GIVEN_UP: readonly RegExp[] = [
  // The local engine, of whoever asks in vain
  /^E: no answer from .* within \d+ s$/,
  // apt
  /^(?:E|W|Err)\b.*(?:Temporary failure resolving|Could not connect to|Cannot initiate the connection|Unable to connect to|Connection (?:failed|timed out|reset by peer|refused)|Error reading from server|Network is unreachable|stalled|Undetermined Error|Hash Sum mismatch|File has unexpected size)/,
  /^(?:E|Err)\b.*\b(?:429|5\d\d) {1,2}[A-Z].*/,
  /^ {2}(?:Temporary failure resolving|Could not connect to|Connection (?:failed|timed out)|5\d\d {1,2}[A-Z]).*/,
  // git
  /fatal: unable to access '[^']*': (?:Could not resolve (?:host|proxy)|Failed to connect|Connection timed out|Recv failure|Operation timed out|.*error: (?:429|5\d\d)).*/,
  /^(?:.*\s)?ssh: Could not resolve hostname .*/,
  // pip, and others that stand on urllib3 and requests
  /Retry\(total=0,.*(?:NewConnectionError|NameResolutionError|Timeout|ProtocolError|Connection(?:Reset|Refused)|RemoteDisconnected).*/,
  /Max retries exceeded with url: .*(?:NewConnectionError|NameResolutionError|Timeout|ProtocolError|Connection(?:Reset|Refused)|too many 5\d\d).*/,
  /too many (?:429|5\d\d) error responses/,
  /HTTP error (?:429|5\d\d) while getting .*/,
  /\b5\d\d Server Error: .*/,
  /^(?:\S*urllib3\S*|\S*requests\S*|http\.client|httpx|httpcore)\.(?:ReadTimeoutError|ReadTimeout|ConnectTimeout\w*|ConnectError|ConnectionError|ReadError|ProtocolError|IncompleteRead|ChunkedEncodingError|RemoteDisconnected|RemoteProtocolError)\b.*/,
  // Poetry
  /All attempts to connect to \S+ failed.*/,
  // uv
  /error (?:sending request|decoding response body) for url .*/,
  /(?:tcp connect error|dns error|client error \(Connect\)|connection reset by peer|operation timed out|network timeout).*/i,
  /HTTP status server error \(5\d\d .*/,
  // Node's own, as npm, pnpm and yarn pass them on
  /^npm (?:ERR!|error) .*(?:ECONNRESET|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT|ECONNABORTED|socket hang up|network timeout).*/,
  /^npm (?:ERR!|error) (?:code E(?:429|5\d\d)|(?:429|5\d\d) ).*/,
  /ERR_PNPM_(?:META_FETCH_FAIL|BROKEN_METADATA_JSON|FETCH_(?:429|5\d\d)).*/,
  /^(?:ERR_PNPM|\s*ERROR|error |.*YN\d{4}).*(?:ECONNRESET|ETIMEDOUT|ESOCKETTIMEDOUT|ECONNREFUSED|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|socket hang up|Request failed "5\d\d|Response code 5\d\d|TimeoutError).*/,
  // bun
  /^error: (?:ConnectionRefused|ConnectionClosed|ConnectionReset|FailedToOpenSocket|Timeout|UnexpectedRedirect|DNS\w*) .*/,
  /^error: GET \S+ - (?:429|5\d\d).*/,
];

/** Not what a network says that fails: its name servers answer, and know no such name. */
const NO_SUCH_NAME = /Name or service not known|ENOTFOUND/;

/** How much of each line is shown, and how many lines. */
const SHOWN = { characters: 300, lines: 3 } as const;

/** Turns the failure of a step that fetches into one of the machine, with what was asked for; undefined when the network did not fail. */
export function networkProblem(
  { stdout, stderr }: Pick<ExecFailure, 'stdout' | 'stderr'>,
  title: string,
): NetworkError | undefined {
  // Some say it on one, some on the other.
  const output = `${stderr}\n${stdout}`;
  if (NO_SUCH_NAME.test(output)) return undefined;
  const said = output
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => GIVEN_UP.some(pattern => pattern.test(line)))
    .map(line => line.trim().slice(0, SHOWN.characters));
  if (said.length === 0) return undefined;
  const lines = [...new Set(said)].slice(-SHOWN.lines).map(line => `    ${line}`);
  return new NetworkError(`${title}: the network failed. Trying again may help\n${lines.join('\n')}`);
}
