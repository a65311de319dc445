/** Where a registry may lead whoever asks it: to other places for blobs, and to a server for tokens. */
import { hostOf, isLoopback, type Repository } from './address.js';

/** Addresses that mean the machine that asks, or what is beside it: no registry elsewhere has business there. */
const OWN = /^(?:0\.|127\.|169\.254\.|\[(?:::|::1|::ffff:.*|fe[89ab].*)\]$)|^localhost$|\.localhost$/i;

/** Whether a place that a registry names may be asked. A registry on this machine alone may lead to this machine, and only there to plain HTTP. */
export function mayLeadTo({ registry }: Repository, { protocol, hostname, username, password }: URL): boolean {
  if (username !== '' || password !== '') return false;
  if (isLoopback(registry) && isLoopback(hostname)) return protocol === 'https:' || protocol === 'http:';
  return protocol === 'https:' && !OWN.test(hostname);
}

/**
 * Whether a token server may be given the credentials for a registry: it is at the same host, or at one of the same owner by its name (registry-1.docker.io
 * and auth.docker.io, registry.gitlab.com and gitlab.com), or it is the one that somebody has named.
 */
export function mayGiveTokens(repository: Repository, url: URL, named: string | undefined): boolean {
  if (!mayLeadTo(repository, url)) return false;
  const host = hostOf(repository).replace(/:\d+$/, '').toLowerCase();
  if (url.hostname === host || url.host === named?.toLowerCase() || url.hostname === named?.toLowerCase()) return true;
  if (isLoopback(host) && isLoopback(url.hostname)) return true;
  const owner = ownerOf(host);
  return owner !== undefined && owner === ownerOf(url.hostname);
}

/** Endings below which names are given to anybody: `co.uk`, `com.au`. */
const SHARED = /^(?:ac|co|com|edu|gob|gov|gv|ne|net|or|org)\.[a-z]{2}$/;

/** The part of a host's name that has one owner, by the usual form of names; undefined for addresses and names of one part. */
function ownerOf(host: string): string | undefined {
  if (/^\[|^[\d.]+$/.test(host)) return undefined;
  const parts = host.split('.');
  const last = parts.slice(-2).join('.');
  const owner = SHARED.test(last) ? parts.slice(-3) : parts.slice(-2);
  return parts.length >= 2 && owner.join('.') !== '' && !SHARED.test(owner.join('.')) ? owner.join('.') : undefined;
}
