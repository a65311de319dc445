/** The schemas of Kubernetes' API that kubernetes-validate carries, as files that lead to each other: its own lead to addresses that only it answers. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { pythonTools } from './python-tools.js';

export interface KubernetesSchemas {
  /** Where kubeconform finds the schema of a kind. */
  readonly location: string;
  /** The oldest and the newest version that there are. */
  readonly versions: readonly [string, string];
}

/** Writes those of two versions, once; they lie beside the tools that they are from. */
export async function kubernetesSchemas(): Promise<KubernetesSchemas> {
  const tools = await pythonTools();
  const python = join(tools, 'python');
  const asked = 'import kubernetes_validate as k; print(k.__path__[0])';
  const { stdout: at } = await execa(python, ['-c', asked]);
  const carried = join(at, 'kubernetes-json-schema');
  const minor = (version: string) => Number(version.split('.')[1]);
  const known = readdirSync(carried)
    .flatMap(name => /^v(.+)-local-strict$/.exec(name)?.[1] ?? [])
    .sort((a, b) => minor(a) - minor(b));
  const versions = [known[0]!, known.at(-1)!] as const;
  const made = join(tools, '../kubernetes-schemas-');
  await Promise.all(versions.map(version => linked(join(carried, `v${version}-local-strict`), `${made}v${version}`)));
  const location = `${made}{{.NormalizedKubernetesVersion}}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  return { location, versions };
}

/** The schemas of kinds, which lead to one file with all of their parts. Several test files may want them at once: they come whole, or not. */
async function linked(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  const made = await mkdtemp(`${to}-`);
  for (const name of readdirSync(from)) {
    const text = readFileSync(join(from, name), 'utf8');
    if (name !== '_definitions.json' && !text.includes('x-kubernetes-group-version-kind')) continue;
    const { $id: _, ...schema } = JSON.parse(text) as { readonly $id?: string };
    const inFile = JSON.stringify(schema).replaceAll('"/api/_definitions.json#', '"_definitions.json#');
    await writeFile(join(made, name), inFile);
  }
  await rename(made, to).catch(() => rm(made, { recursive: true }));
}
