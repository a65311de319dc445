/** Secrets by their addresses. */
import { checkSecretAddress } from '../../store/secrets.js';
import { type Api, object } from '../api.js';

/** The secret at an address. @throws Error for an address whose scheme no engine knows */
export async function openSecret(api: Api, uri: string, cacheKey: string | undefined) {
  checkSecretAddress(uri);
  return object('Secret', { secret: await api.context.secrets.bind(uri, cacheKey), name: '', uri });
}
