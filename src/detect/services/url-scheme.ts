/** The scheme of a URL, such as `postgresql+asyncpg`; undefined for what is none. */
export function schemeIn(url: string | undefined): string | undefined {
  return /^([a-z][a-z0-9+]*):\/\//.exec(url ?? '')?.[1];
}
