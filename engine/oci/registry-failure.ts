/** What a failed talk with a registry means, read from the text that skopeo prints. */

export type RegistryFailureKind =
  /** The registry says that there is no such image, or none for the platform. */
  | 'absent'
  /** The registry wants other credentials. */
  | 'denied'
  /** Nothing that speaks a registry's language answers at that address. */
  | 'unreachable'
  /** The certificate or the protocol does not fit; a retry does not help. */
  | 'untrusted'
  /** This machine, or the registry's, has no room left. */
  | 'full'
  /** The registry or the way to it failed for the moment. */
  | 'transient'
  | 'other';

export interface RegistryFailure {
  readonly kind: RegistryFailureKind;
  /** One line for a user. */
  readonly reason: string;
}

/** First match decides. Texts are those of containers/image and Go's net package. */
const RULES: readonly (readonly [RegExp, RegistryFailureKind])[] = [
  [/no space left on device|disk quota exceeded/i, 'full'],
  [/toomanyrequests|too many requests|\b429\b/i, 'transient'],
  [
    /x509:|tls: failed to verify|server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i,
    'untrusted',
  ],
  [
    /no such host|connection refused|network is unreachable|no route to host|host is down|server misbehaving/i,
    'unreachable',
  ],
  [
    /temporary failure in name resolution|i\/o timeout|TLS handshake timeout|deadline exceeded|timed out/i,
    'unreachable',
  ],
  [/unauthorized|authentication required|access to the resource is denied|\b(?:401|403)\b|forbidden/i, 'denied'],
  [
    /manifest unknown|name unknown|no image found in (?:manifest list|image index)|unsupported (?:os|architecture)/i,
    'absent',
  ],
  [/pinging container registry|registry \S+ is blocked in/i, 'unreachable'],
  [/\b404\b|not found/i, 'absent'],
  [
    /\bEOF\b|connection reset|ECONNRESET|broken pipe|closed network connection|\b5\d\d\b[^:]*$|status:? 5\d\d|5\d\d (?:internal|bad gateway|service|gateway)/i,
    'transient',
  ],
];

/**
 * Classifies what skopeo printed. With mirrors, the registry itself decides: a mirror that is down does not make an image absent.
 * @param stderr all that skopeo wrote to its error output
 */
export function classifyRegistryFailure(stderr: string): RegistryFailure {
  const reason = lastMessage(stderr);
  const own = reason.replace(/\(Mirrors also failed: \[.*\]\):? ?/s, '');
  // References hold numbers that look like a status (port 5000, tag 404).
  const judged = own.replace(/(?:docker:\/\/|https?:\/\/)\S+/g, ' ').replace(/\S+:\d+(?:\/\S*)?/g, ' ');
  const found = RULES.find(([pattern]) => pattern.test(judged));
  return { kind: found?.[1] ?? 'other', reason };
}

/** An error as the GraphQL layer passes it on: `extensions._type` tells a failure of machine or network from one of the user's. */
export class RegistryError extends Error {
  readonly extensions: Readonly<Record<string, string>>;
  readonly failure: RegistryFailure;
  constructor(what: string, failure: RegistryFailure) {
    super(`${what}: ${failure.reason}${advice(failure)}`);
    this.name = 'RegistryError';
    this.failure = failure;
    this.extensions = retryMayHelp(failure) ? { _type: 'INFRASTRUCTURE' } : {};
  }
}

/** Whether the same request may succeed later without anyone changing anything. */
function retryMayHelp({ kind }: RegistryFailure): boolean {
  return kind === 'transient' || kind === 'unreachable' || kind === 'full';
}

function advice(failure: RegistryFailure): string {
  if (/toomanyrequests|too many requests/i.test(failure.reason)) {
    return '. The registry limits requests: sign in, use a mirror, or retry later';
  }
  switch (failure.kind) {
    case 'transient':
    case 'unreachable':
      return '. A retry may help';
    case 'full':
      return '. Make room, then try again';
    case 'denied':
      return '. Check the user name and password, and that this user may use the repository';
    case 'untrusted':
      return ". Check the registry's certificate, or the proxy in between";
    case 'absent':
    case 'other':
      return '';
  }
}

/** The text of skopeo's last log line (logfmt), or the last line of anything else. */
function lastMessage(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.trim() !== '');
  const last = lines.findLast(line => /level=(?:fatal|error)/.test(line)) ?? lines.at(-1) ?? 'no message';
  const quoted = /msg="((?:[^"\\]|\\.)*)"/.exec(last)?.[1];
  return quoted === undefined ? last.trim() : quoted.replace(/\\(["\\])/g, '$1').replace(/\\n/g, ' ');
}
