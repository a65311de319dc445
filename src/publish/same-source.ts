/** Whether a source is the one that an image was built from, by what its provenance says. */
import * as z from 'zod';
import type { Statement } from '../attest/statement.js';
import type { App } from '../dagger/app.js';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { planDigest } from '../plan/json.js';
import type { AppImage } from '../plan/look-up.js';
import { materialsOf } from '../sbom.js';

/** Where an image comes from, as far as that can be compared. */
export interface Origin {
  readonly revision: string | undefined;
  /** Digest of the plan: `sha256:…` */
  readonly plan: string | undefined;
  /** The image of the app that was asked for by name. */
  readonly component: string | undefined;
  /** Digests of files of the source, by their paths. */
  readonly files: ReadonlyMap<string, string>;
}

/** The part of a predicate that is compared, in the form that `publish` gives it. */
const PREDICATE = z.object({
  buildDefinition: z.object({
    buildType: z.string().startsWith('urn:quayside:build:'),
    externalParameters: z.object({
      source: z.object({ revision: z.string().optional() }).optional(),
      arguments: z.object({ component: z.string().optional() }).optional(),
    }),
    internalParameters: z.object({ plan: z.object({ sha256: z.string().optional() }).optional() }),
    resolvedDependencies: z
      .array(z.object({ uri: z.string().optional(), digest: z.object({ sha256: z.string().optional() }).optional() }))
      .optional(),
  }),
});

/** What statements about an image say of its origin; undefined: none is of a build of Quayside's. */
export function originIn(statements: readonly Statement[]): Origin | undefined {
  const ours = statements
    .filter(({ predicateType }) => predicateType === 'https://slsa.dev/provenance/v1')
    .map(({ predicate }) => PREDICATE.safeParse(predicate).data?.buildDefinition)
    .find(definition => definition !== undefined);
  if (ours === undefined) return undefined;
  const { externalParameters: told, internalParameters, resolvedDependencies = [] } = ours;
  const plan = internalParameters.plan?.sha256;
  const files = resolvedDependencies.flatMap(({ uri, digest }) => {
    const path = /^file:(.+)$/s.exec(uri ?? '')?.[1];
    return path === undefined || digest?.sha256 === undefined ? [] : [[path, `sha256:${digest.sha256}`] as const];
  });
  return {
    revision: told.source?.revision,
    component: told.arguments?.component,
    plan: plan === undefined ? undefined : `sha256:${plan}`,
    files: new Map(files),
  };
}

interface Compared {
  readonly image: string;
  readonly origin: Origin;
  /** Of the source; undefined: it is no checkout of git, or nobody said. */
  readonly revision: string | undefined;
}

/** Rejects with a DiagnosticError when a source is not the one that an image was built from: what it gives would say nothing. */
export async function requireSameSource(
  app: App,
  { stage }: AppImage,
  { image, origin, revision }: Compared,
): Promise<void> {
  if (origin.revision !== undefined && revision !== undefined && origin.revision !== revision)
    throw another({ image, reason: 'commit', recorded: origin.revision, given: revision });
  const files = (await materialsOf(app, stage)).filter(material => material.kind === 'file');
  for (const { path, digest } of files) {
    const recorded = origin.files.get(path);
    if (recorded !== undefined && recorded !== digest)
      throw another({ image, reason: 'file', path, recorded, given: digest });
  }
  const plan = `sha256:${planDigest(app.plan)}`;
  if (origin.plan !== undefined && plan !== origin.plan)
    throw another({ image, reason: 'plan', recorded: origin.plan, given: plan });
}

const another = (data: Parameters<typeof diagnose<'QS934'>>[1]) => new DiagnosticError([diagnose('QS934', data)]);
