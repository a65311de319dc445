/**
 * Where layers of base images were last seen in registries, by whoever publishes from this machine: a registry takes a layer over from another repository only
 * when it is told which. Nothing depends on it: what is not known, or no longer so, is sent. Docker and Podman keep such a list of their own.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** How many layers are kept in mind: those that were seen last. */
const MOST = 500;

/** A registry and a digest, and the name of a repository that has it; the last one seen comes last. */
const LIST = z.array(z.tuple([z.string(), z.string()]));

const keyOf = (registry: string, digest: string): string => `${registry}@${digest}`;

function fileIn({ XDG_CACHE_HOME, HOME = homedir() }: Environment): string {
  return join(XDG_CACHE_HOME || join(HOME, '.cache'), 'quayside-registries', 'layers.json');
}

async function listIn(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  try {
    return new Map(LIST.parse(JSON.parse(text)));
  } catch {
    return new Map();
  }
}

/** What is known: the name of a repository of the registry that has a layer, by its digest. */
export async function knownLayers(
  registry: string,
  env: Environment = process.env,
): Promise<(digest: string) => string | undefined> {
  const list = await listIn(fileIn(env));
  return digest => list.get(keyOf(registry, digest));
}

/** Keeps in mind that a repository of a registry has layers; where nothing can be written nothing is. */
export async function rememberLayers(
  { registry, name }: { readonly registry: string; readonly name: string },
  digests: readonly string[],
  env: Environment = process.env,
): Promise<void> {
  const file = fileIn(env);
  const list = await listIn(file);
  for (const digest of digests) {
    // Taken out first: the last one seen comes last.
    list.delete(keyOf(registry, digest));
    list.set(keyOf(registry, digest), name);
  }
  const beside = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true })
    .then(() => writeFile(beside, JSON.stringify([...list].slice(-MOST))))
    .then(() => rename(beside, file))
    .catch(() => undefined);
}
