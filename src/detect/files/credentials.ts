/** Credentials that files name: by a variable, as they are, or by a way that needs a key. */
import type { Place } from '../../diagnostics/place.js';

/** One of them. `password` stands in the file as it is, `key` is what git asks for over ssh. */
export type NamedCredential =
  | { readonly kind: 'variable'; readonly name: string; readonly place: Place }
  | { readonly kind: 'password'; readonly place: Place }
  | { readonly kind: 'key'; readonly place: Place };

/** A line of a file, or what begins there. */
export interface WrittenLine {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/** Variables as pip and others put their values into addresses. */
const VARIABLE = /\$\{([A-Z_][A-Z0-9_]*)\}/g;

/** What stands before the host of an address. */
const BEFORE_HOST = /\b(?:git\+)?(?:https?|ssh):\/\/([^\s/@"']+)@/g;

/** Names that stand alone before a host and let nobody in. */
const NO_TOKEN = /^(git|hg|svn|user|token|oauth2|__token__|x-access-token|x-token-auth|gitlab-ci-token)$/i;

/** The credentials in addresses of lines without comments. */
export function credentialsInAddresses(lines: readonly WrittenLine[], file: string): readonly NamedCredential[] {
  return lines.flatMap(({ text, line }) => {
    const place = { file, line };
    const variables = [...text.matchAll(VARIABLE)].map(([, name = '']) => ({ kind: 'variable', name, place }) as const);
    const passwords = [...text.matchAll(BEFORE_HOST)].filter(([all, before = '']) => isPassword(before, all));
    return [
      ...variables,
      ...passwords.map(() => ({ kind: 'password', place }) as const),
      ...(asksForKey(text) ? [{ kind: 'key', place } as const] : []),
    ];
  });
}

/** Whether what stands before a host holds a secret as it is. A word alone may be a user's name, and is a token when it looks like one. */
function isPassword(before: string, address: string): boolean {
  const [user = '', password] = before.split(/:(.*)/s);
  if (password !== undefined) return password !== '' && !password.includes('$');
  return !/ssh:/.test(address) && !user.includes('$') && !NO_TOKEN.test(user) && user.length >= 16;
}

function asksForKey(text: string): boolean {
  return /(?:^|[\s"'=@])(?:git\+)?ssh:\/\/|(?:^|[\s"'+=])git@[\w.-]+:(?!\/\/)/.test(text);
}

/** Lines of the files of npm, yarn, pnpm and bun that say who asks. */
const ASKING = /auth|token|password|username|registry/i;

/** `${NAME}`, and as they write it where another value stands in for one that is not set; bun writes `$NAME`. */
const NODE_VARIABLE = /\$\{([A-Za-z_]\w*)\}|"\$([A-Za-z_]\w*)"/g;

/** A credential with its value: `_authToken=…`, `npmAuthToken: …`, `token = "…"`. */
const NODE_PASSWORD =
  /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|\btoken|\bpassword)["']?\s*[=:]\s*["']?([^\s"'$]{8,})["']?\s*$/;

/** The credentials in .npmrc, .yarnrc, .yarnrc.yml and bunfig.toml. */
export function credentialsOfNode(text: string, file: string): readonly NamedCredential[] {
  return text.split(/\r?\n/).flatMap((written, at) => {
    const own = written.replace(/(^|\s)[#;].*$/, '');
    if (!ASKING.test(own)) return [];
    const place = { file, line: at + 1 };
    const variables = [...own.matchAll(NODE_VARIABLE)].map(
      ([, name, other = '']) => ({ kind: 'variable', name: name ?? other, place }) as const,
    );
    const inAddress = [...own.matchAll(BEFORE_HOST)].some(([all, before = '']) => isPassword(before, all));
    const isThere = NODE_PASSWORD.test(own) || inAddress;
    return [...variables, ...(isThere ? [{ kind: 'password', place } as const] : [])];
  });
}
