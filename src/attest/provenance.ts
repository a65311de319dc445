/** Where an image comes from, as SLSA has it: https://slsa.dev/spec/v1.1/provenance */
import { publicAddress } from './address.js';
import { digestSet, type Statement, type StatementSubject } from './statement.js';

/** What an image was made of, and by whom. What is not known is not said. */
export interface Provenance {
  readonly subjects: readonly { readonly name: string; readonly digest: string }[];
  readonly source: {
    /** Address of the repository. */
    readonly url?: string | undefined;
    /** The commit, with `-dirty` behind it where there were changes beside it. */
    readonly revision?: string | undefined;
    readonly ref?: string | undefined;
  };
  /** Of the plan that it was built by: `sha256:…` */
  readonly plan: string;
  /** The function that was called, and what it was told. */
  readonly call: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
  readonly materials: readonly Material[];
  readonly builder: {
    /** Who vouches for it: a URI, such as that of a workflow. Absent: whoever ran the build, on a machine of their own. */
    readonly id?: string | undefined;
    readonly version?: Readonly<Record<string, string>> | undefined;
  };
  /** One run of many, such as that of a workflow; absent, so that the same build says the same. */
  readonly run?: string | undefined;
}

/** What the build took in. */
export type Material =
  | {
      readonly kind: 'image';
      readonly reference: string;
      readonly platform?: string;
      readonly digest?: string | undefined;
    }
  /** A file of the source, such as a lock file. */
  | { readonly kind: 'file'; readonly path: string; readonly digest: string };

const BUILD_TYPE = 'urn:quayside:build:v1';
const SOMEBODYS_MACHINE = 'urn:quayside:builder:own-machine';

/**
 * The statement that images were built from a source. It claims SLSA's build level 1: it is there, and says how; that nobody could have
 * written it but the builder is for the builder to show, by a signature.
 */
export function provenanceStatement(of: Provenance): Statement {
  const { source, call, plan, builder, run } = of;
  const address = source.url === undefined ? undefined : publicAddress(source.url);
  const commit = source.revision?.replace(/-dirty$/, '');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: of.subjects.map(({ name, digest }): StatementSubject => ({ name, digest: digestSet(digest) })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          source: {
            uri: address === undefined ? undefined : `git+${address}`,
            revision: source.revision,
            ref: source.ref,
          },
          function: call.name,
          arguments: publicArguments(call.arguments),
        },
        internalParameters: { plan: digestSet(plan), slsaBuildLevel: 1 },
        resolvedDependencies: [
          // What is beside the commit is not in it, and has no name.
          ...(commit === undefined
            ? []
            : [
                {
                  uri: address === undefined ? undefined : `git+${address}@${source.ref ?? commit}`,
                  name: 'source',
                  digest: { gitCommit: commit },
                  annotations: commit === source.revision ? undefined : { changed: true },
                },
              ]),
          ...of.materials.map(dependencyOf).toSorted((a, b) => (a.uri < b.uri ? -1 : 1)),
        ],
      },
      runDetails: {
        builder: { id: builder.id ?? SOMEBODYS_MACHINE, version: builder.version },
        metadata: run === undefined ? undefined : { invocationId: run },
      },
    },
  };
}

function dependencyOf(material: Material) {
  switch (material.kind) {
    case 'image': {
      const { reference, platform, digest } = material;
      const [, name = reference, tag] = /^(?:docker\.io\/(?:library\/)?)?(.*?)(?::([^/:]*))?$/.exec(reference) ?? [];
      const version = tag === undefined ? '' : `@${encodeURIComponent(tag)}`;
      const asked = platform === undefined ? '' : `?platform=${encodeURIComponent(platform)}`;
      return {
        uri: `pkg:docker/${name}${version}${asked}`,
        name: reference,
        digest: digest === undefined ? undefined : digestSet(digest),
      };
    }
    case 'file':
      return { uri: `file:${material.path}`, name: material.path, digest: digestSet(material.digest) };
  }
}

/** Arguments that anyone may see: those whose names say that they are secret are left out, and so are values that hold credentials. */
function publicArguments(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const shown = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !/pass|secret|token|key|credential|username/i.test(name),
  );
  return Object.fromEntries(
    shown.map(([name, value]) => [name, publicValue(value)]).toSorted(([a], [b]) => (`${a}` < `${b}` ? -1 : 1)),
  );
}

function publicValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(publicValue);
  if (typeof value === 'string') return /^[a-z+]+:\/\/[^/]*@/i.test(value) ? publicAddress(value) : value;
  // Anything else than plain values is the engine's: a secret, a directory.
  return typeof value === 'boolean' || typeof value === 'number' ? value : undefined;
}
