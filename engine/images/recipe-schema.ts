/** The form of a recipe file, as zod reads it, and the data that comes out. */

import * as z from 'zod';

const text = z
  .string({ error: issue => (typeof issue.input === 'number' ? 'must be text: put it in quotes' : undefined) })
  .min(1);
const fileName = text.regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be the name of a file beside the recipe');
const absolutePath = text.regex(/^\//, 'must be an absolute path');
const insidePath = text.regex(/^(?!\/)(?!.*\.\.)/, 'must be a path inside the package');
const integrity = text.regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'must be a sha512 integrity value as in a package lock');
const exactVersion = text.regex(/^\d+\.\d+\.\d+$/, 'must be an exact version');
const mode = text
  .regex(/^0?[0-7]{3}$/, 'must be an octal mode in quotes, like "0755"')
  .transform(value => Number.parseInt(value, 8));

/** One value for every architecture, or one each. */
const perArchitecture = <T extends z.ZodType>(value: T) =>
  z.union([value, z.strictObject({ amd64: value, arm64: value })]);

const npm = z.strictObject({
  package: perArchitecture(text),
  version: exactVersion,
  integrity: perArchitecture(integrity),
  to: absolutePath,
  pick: z.array(insidePath).min(1).optional(),
  omit: z.array(insidePath).min(1).optional(),
});

const copy = z.strictObject({ from: fileName, to: absolutePath, mode: mode.default(0o644) });

const step = z
  .strictObject({
    run: fileName.optional(),
    args: z.array(text).optional(),
    npm: npm.optional(),
    copy: copy.optional(),
  })
  .superRefine((value, context) => {
    const kinds = (['run', 'npm', 'copy'] as const).filter(kind => value[kind] !== undefined);
    if (kinds.length !== 1) context.addIssue('must have exactly one of run, npm, copy');
    if (value.args !== undefined && value.run === undefined)
      context.addIssue({ code: 'custom', path: ['args'], message: 'only belongs to run' });
  });

const bootstrap = z.strictObject({
  suite: text,
  variant: z.enum(['minbase', 'buildd']).default('minbase'),
  finish: fileName.optional(),
});

const config = z.strictObject({
  env: z.record(z.string(), z.string()).default({}),
  entrypoint: z.array(z.string()).optional(),
  cmd: z.array(z.string()).optional(),
  user: z.string().optional(),
  workdir: absolutePath.optional(),
  ports: z.array(text.regex(/^\d+\/(tcp|udp)$/, 'must look like 80/tcp')).default([]),
  volumes: z.array(absolutePath).default([]),
  labels: z.record(z.string(), z.string()).default({}),
});

const variant = z
  .strictObject({
    tags: z.array(text.regex(/^[\w][\w.*-]*$/, 'must be a tag')).min(1),
    note: text.optional(),
    from: text.optional(),
    bootstrap: bootstrap.optional(),
    steps: z.array(step).default([]),
    config: config.prefault({}),
  })
  .superRefine((value, context) => {
    if ((value.from === undefined) === (value.bootstrap === undefined))
      context.addIssue('must have exactly one of from, bootstrap');
  });

/** A recipe file: one image name, its variants by tag. */
export const recipeFile = z.strictObject({
  image: text.regex(/^[^:@]+(:\d+)?(\/[^:@]+)+$/, 'must be a full name without a tag, like docker.io/library/python'),
  /** Whether the nearest version may stand for one that has no variant: for servers, of which a client hardly sees the version. */
  anyVersion: z.boolean().default(false),
  variants: z.array(variant).min(1),
});

/** The image's run-time configuration; what is left out comes from the image below. */
export type RecipeConfig = z.output<typeof config>;

/** An npm package fetched by the host, checked, and unpacked without its leading folder. */
export type NpmFetch = z.output<typeof npm>;

export type RecipeFile = z.output<typeof recipeFile>;
