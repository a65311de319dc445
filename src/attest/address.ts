/** Addresses as anyone may see them. */

/**
 * An address without what may be a credential: what stands before the host, and the query; yarn puts a hash behind it. Of git, `git@host:path` stays
 * what it is: that user is nobody. Undefined for a path of this machine.
 */
export function publicAddress(text: string): string | undefined {
  const [, host, path] = /^(?:ssh:\/\/)?git@([^:/]+)[:/](.+)$/.exec(text) ?? [];
  if (host !== undefined) return `ssh://git@${host}/${path}`;
  if (!/^[a-z+]+:\/\//i.test(text) || text.startsWith('file:')) return undefined;
  try {
    const url = new URL(text);
    return `${url.protocol}//${url.host}${url.pathname}`;
  } catch {
    return undefined;
  }
}
