import 'server-only';

/**
 * The address of something at the backend, as this server reaches it. API_URL is read at each request: the image is the
 * same wherever it runs, and browsers never see the address, since they ask the host they are on.
 */
export function backendUrl(path: string): URL {
  return new URL(path, process.env.API_URL ?? 'http://127.0.0.1:8000');
}

/** Asks the backend from this server; undefined when it has no such thing. */
export async function askBackend<T>(path: string): Promise<T | undefined> {
  const response = await fetch(backendUrl(path), { cache: 'no-store', signal: AbortSignal.timeout(5000) });
  if (response.status === 404 || response.status === 422) return undefined;
  if (!response.ok) throw new Error(`The backend answered ${response.status} to ${path}`);
  return (await response.json()) as T;
}
