/** How talking with a registry fails, and what that means for whoever called. */
import { printableLine } from '../diagnostics/printable.js';
import { beginningOf } from './bodies.js';

/** `denied`: other credentials are wanted. `refused`: the request itself is not taken. `untrusted`: the certificate or protocol does not fit. */
export type RegistryFailureKind = 'denied' | 'refused' | 'untrusted' | 'unreachable' | 'transient';

/** Thrown when a registry does not do what it was asked for. The command line exits with 75 where trying again may help, else with 2. */
export class RegistryFailure extends Error {
  readonly kind: RegistryFailureKind;
  readonly extensions: { readonly _type: 'INFRASTRUCTURE' | 'SOURCE' };
  /** Milliseconds that the registry asks to wait. */
  readonly retryAfter: number | undefined;
  constructor(
    kind: RegistryFailureKind,
    reason: string,
    options: { retryAfter?: number | undefined; cause?: unknown; advice?: string } = {},
  ) {
    super(printableLine(`${reason}. ${options.advice ?? ADVICE[kind]}`), { cause: options.cause });
    this.name = 'RegistryFailure';
    this.kind = kind;
    this.retryAfter = options.retryAfter;
    this.extensions = { _type: mayPass(kind) ? 'INFRASTRUCTURE' : 'SOURCE' };
  }
}

const ADVICE: Readonly<Record<RegistryFailureKind, string>> = {
  denied:
    'Give --username and --password=env:NAME of a user who may push there, or sign in with `docker login` or `podman login`',
  refused: 'Check the address and what the registry allows',
  untrusted: "Check the registry's certificate",
  unreachable: 'Check the address and the network, then try again',
  transient: 'Try again: what is pushed already is not pushed again',
};

/** Whether the same request may succeed later. */
function mayPass(kind: RegistryFailureKind): boolean {
  return kind === 'transient' || kind === 'unreachable';
}

/** Whether to ask again: what failed may pass. */
export function isPassing(error: unknown): error is RegistryFailure {
  return error instanceof RegistryFailure && mayPass(error.kind);
}

/** What Node and its fetch say of certificates and protocols that do not fit, what it means, and what to do. */
const UNTRUSTED: readonly {
  readonly code: RegExp;
  readonly says: string;
  readonly advice: (host: string) => string;
}[] = [
  {
    code: /CERT_HAS_EXPIRED/,
    says: 'its certificate has expired',
    advice: () => "Renew the registry's certificate; where it has not expired, this machine's clock is wrong",
  },
  {
    code: /CERT_NOT_YET_VALID/,
    says: 'its certificate is not valid yet',
    advice: () => "Check this machine's clock, and the registry's certificate",
  },
  {
    code: /ALTNAME/,
    says: 'its certificate is for other names',
    advice: host => `Reach the registry by a name that its certificate has, or give it one for ${host}`,
  },
  {
    code: /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_UNTRUSTED|INVALID_CA|CERT_SIGNATURE_FAILURE/,
    says: 'its certificate is of an authority that this machine does not know',
    advice: host =>
      `Lay the authority's certificate at /etc/docker/certs.d/${host}/ca.crt or ~/.config/containers/certs.d/${host}/ca.crt, or name it by SSL_CERT_FILE or NODE_EXTRA_CA_CERTS`,
  },
  {
    code: /EPROTO|ERR_SSL|WRONG_VERSION/,
    says: 'it does not speak TLS',
    advice: () => 'Put TLS before the registry: plain HTTP is spoken to this machine alone',
  },
  { code: /CERT/, says: 'its certificate does not fit', advice: () => ADVICE.untrusted },
];

/** What a request that got no answer means. `what` says what was asked for, `host` whom. */
export function failureOfConnection(what: string, host: string, error: unknown): RegistryFailure {
  if (isTimeout(error)) return new RegistryFailure('unreachable', `${what}: ${host} took too long to answer`);
  const { code = '', message } = innermost(error);
  const reason = `${what}: ${message}${code === '' || message.includes(code) ? '' : ` (${code})`}`;
  const untrusted = UNTRUSTED.find(one => one.code.test(code));
  if (untrusted) {
    const { says, advice } = untrusted;
    return new RegistryFailure('untrusted', `${what}: ${says} (${message})`, { cause: error, advice: advice(host) });
  }
  const isCut = /ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_(?:HEADERS|BODY)_TIMEOUT/.test(code);
  return new RegistryFailure(isCut ? 'transient' : 'unreachable', reason, { cause: error });
}

/** Whether the time that an answer has was over. */
function isTimeout(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'TimeoutError';
}

function innermost(error: unknown): { readonly code?: string; readonly message: string } {
  const link = error as Error & { code?: unknown; errors?: readonly unknown[] };
  const next = link?.cause ?? link?.errors?.[0];
  if (next !== undefined) return innermost(next);
  const code = typeof link?.code === 'string' ? link.code : '';
  return { message: link?.message || code || String(error), ...(code !== '' && { code }) };
}

/**
 * What an answer means that is not the one that was hoped for. Its body, as the specification has it, says why.
 * @param secrets what is not told again, though the answer repeats it
 */
export async function failureOfAnswer(
  what: string,
  answer: Response,
  secrets: readonly string[] = [],
): Promise<RegistryFailure> {
  const said = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), await saidIn(answer));
  const reason = `${what}: ${answer.status}${said.slice(0, LONGEST_REASON)}`;
  const { status } = answer;
  if (status === 401 || status === 403) return new RegistryFailure('denied', reason);
  if (status === 408 || status === 429 || status >= 500)
    return new RegistryFailure('transient', reason, { retryAfter: waitOf(answer.headers.get('retry-after')) });
  return new RegistryFailure('refused', reason);
}

const LONGEST_REASON = 300;
/** How much of an answer may be looked at for what it says. */
const LONGEST_BODY = 64 * 1024;

async function saidIn(answer: Response): Promise<string> {
  const text = await beginningOf(answer, LONGEST_BODY);
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: readonly { code?: string; message?: string }[] };
    const said = errors.map(({ code = '', message = '' }) => [code, message].filter(part => part !== '').join(': '));
    return said.length === 0 ? '' : ` ${said.join('; ')}`;
  } catch {
    const line = text.trim().split('\n', 1)[0]!;
    return line === '' || line.startsWith('<') ? '' : ` ${line}`;
  }
}

/** Retry-After holds seconds or a date (RFC 9110, 10.2.3). */
function waitOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
