/** Proxies that the environment names, as every tool takes them. */

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'] as const;

/**
 * The variables under their small names: git and curl know no HTTP_PROXY, since a server's programs get one from whoever asks. An empty one
 * counts as none.
 */
export function proxySettings(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const given = NAMES.flatMap(name => {
    const value = env[name] || env[name.toUpperCase()];
    return value ? [[name, value]] : [];
  });
  return Object.fromEntries(given);
}
