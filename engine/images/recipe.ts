/** Recipes for stand-in base images: reads images/*.yaml, finds the one that answers to a reference, resolves what it is built on. */

import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { defined } from '../defined.js';
import { readTexts } from '../fs/text.js';
import { formatReference, parseReference } from '../oci/registry-reference.js';
import { type NpmFetch, type RecipeConfig, type RecipeFile, recipeFile } from './recipe-schema.js';

/** A file beside the recipe, with its content: what a step depends on is in the step. */
export interface RecipeAsset {
  readonly name: string;
  readonly content: string;
}

/** One change to the image. `run` goes through `sh -eu` as root inside the container, with the network on. */
export type RecipeStep =
  | { readonly kind: 'run'; readonly script: RecipeAsset; readonly args: readonly string[] }
  | { readonly kind: 'npm'; readonly fetch: NpmFetch }
  | { readonly kind: 'copy'; readonly file: RecipeAsset; readonly to: string; readonly mode: number };

/** The root of an image: a tree made by mmdebstrap. `finish` runs in it before it is sealed, so what it removes takes no space. */
export interface Bootstrap {
  readonly suite: string;
  readonly variant: 'minbase' | 'buildd';
  readonly finish: RecipeAsset | undefined;
}

export type RecipeBase =
  | { readonly kind: 'recipe'; readonly reference: string }
  | { readonly kind: 'bootstrap'; readonly bootstrap: Bootstrap };

export interface RecipeVariant {
  /** Tags it answers to; `*` stands for a version (digits and dots). */
  readonly tags: readonly string[];
  /** What it is, when it is not the same program; users are told. */
  readonly note: string | undefined;
  readonly base: RecipeBase;
  readonly steps: readonly RecipeStep[];
  readonly config: RecipeConfig;
}

export interface Recipe {
  /** Path of the recipe file, for messages. */
  readonly file: string;
  /** Registry and repository without a tag. */
  readonly image: string;
  /** Whether the nearest version may stand for one that has no variant. */
  readonly anyVersion: boolean;
  readonly variants: readonly RecipeVariant[];
}

/** A stand-in with everything it is built on: the tree at the bottom, every step above it in order, and the final configuration. */
export interface StandIn {
  /** The reference it stands for, in full. */
  readonly reference: string;
  readonly note: string | undefined;
  readonly bootstrap: Bootstrap;
  readonly steps: readonly RecipeStep[];
  readonly config: RecipeConfig;
}

/** A recipe file that cannot be used. The message names the file and each key that is wrong. */
export class RecipeError extends Error {
  override readonly name = 'RecipeError';
  constructor(
    readonly file: string,
    readonly problems: readonly string[],
  ) {
    super(`${file}: ${problems.join('; ')}`);
  }
}

/**
 * Reads every recipe of a directory, by file name.
 * @param dir directory with *.yaml files and the scripts they name
 * @throws RecipeError for a file that is not YAML, does not fit the form, names a missing file, repeats a tag, or is built on what has no recipe
 */
export function loadRecipes(dir: string): Recipe[] {
  const folder: RecipeFolder = { dir, texts: readTexts(dir) };
  const names = [...folder.texts.keys()].filter(name => name.endsWith('.yaml'));
  const recipes = names.sort().map(name => loadRecipe(folder, name));
  const seen = new Map<string, string>();
  for (const { image, file } of recipes) {
    const other = seen.get(image);
    if (other !== undefined) throw new RecipeError(file, [`image: ${image} already has a recipe in ${other}`]);
    seen.set(image, file);
  }
  for (const recipe of recipes) checkRecipe(recipes, recipe);
  return recipes;
}

/** The recipe of the image that a reference names, whatever its tag. */
export function recipeOf(recipes: readonly Recipe[], reference: string): Recipe | undefined {
  const { registry, repository } = parseReference(reference);
  return recipes.find(({ image }) => image === `${registry}/${repository}`);
}

/**
 * The variant that answers to a reference, with the version that a wildcard stood for put in place of `{*}` in its arguments and environment,
 * and with the labels that mark a stand-in.
 * @param reference any spelling Docker reads; one pinned by digest has no stand-in, for no stand-in has that content
 * @throws Error for a text that is no image reference
 * @returns undefined when no recipe has this name or none of its variants this tag
 */
export function findVariant(recipes: readonly Recipe[], reference: string): RecipeVariant | undefined {
  const { tag, digest } = parseReference(reference);
  const recipe = recipeOf(recipes, reference);
  if (recipe === undefined || tag === undefined || digest !== undefined) return undefined;
  for (const variant of recipe.variants) {
    for (const pattern of variant.tags) {
      const version = matchTag(pattern, tag);
      if (version !== undefined) return withVersion(variant, version, `${recipe.image}:${tag}`);
    }
  }
  return undefined;
}

/**
 * A stand-in down to its root, ready to be built: steps of the images below come first, configuration is inherited as with FROM.
 * @returns undefined when nothing answers to the reference
 */
export function resolveStandIn(recipes: readonly Recipe[], reference: string): StandIn | undefined {
  const variant = findVariant(recipes, reference);
  if (variant === undefined) return undefined;
  const full = formatReference(parseReference(reference));
  const own = { reference: full, note: variant.note };
  if (variant.base.kind === 'bootstrap')
    return { ...own, bootstrap: variant.base.bootstrap, steps: variant.steps, config: variant.config };
  const below = resolveStandIn(recipes, variant.base.reference);
  if (below === undefined) return undefined;
  return {
    ...own,
    bootstrap: below.bootstrap,
    steps: [...below.steps, ...variant.steps],
    config: inheritConfig(below.config, variant.config),
  };
}

/** Every tag of an image that has a stand-in, for the message that says which there are; wildcards are shown as they are written. */
export function listStandIns(recipes: readonly Recipe[], reference: string): string[] {
  return (recipeOf(recipes, reference)?.variants ?? []).flatMap(variant => variant.tags);
}

/** What the wildcard stood for (empty without one), or undefined when the tag is another. */
function matchTag(pattern: string, tag: string): string | undefined {
  const expression = pattern.split('*').map(escapeExpression);
  const match = new RegExp(`^${expression.join('(\\d+(?:\\.\\d+)*)')}$`).exec(tag);
  return match === null ? undefined : (match[1] ?? '');
}

function escapeExpression(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The labels that mark a stand-in: what it stands for, and what it is when that is not the same. */
export function standInLabels(reference: string, note: string | undefined): Readonly<Record<string, string>> {
  return {
    'dev.quayside.stand-in': 'true',
    'dev.quayside.stand-in.for': reference,
    ...defined({ 'dev.quayside.stand-in.note': note }),
  };
}

function withVersion(variant: RecipeVariant, version: string, reference: string): RecipeVariant {
  const fill = (value: string) => value.replaceAll('{*}', version);
  const env = Object.fromEntries(Object.entries(variant.config.env).map(([name, value]) => [name, fill(value)]));
  const labels = { ...variant.config.labels, ...standInLabels(reference, variant.note) };
  return {
    ...variant,
    steps: variant.steps.map(step => (step.kind === 'run' ? { ...step, args: step.args.map(fill) } : step)),
    config: { ...variant.config, env, labels },
  };
}

/** As Docker's FROM: maps and lists add up, a new entrypoint drops the command that belonged to the old one. */
function inheritConfig(below: RecipeConfig, above: RecipeConfig): RecipeConfig {
  const { cmd, ...rest } = below;
  return {
    ...(above.entrypoint === undefined ? below : rest),
    ...above,
    env: { ...below.env, ...above.env },
    ports: [...new Set([...below.ports, ...above.ports])],
    volumes: [...new Set([...below.volumes, ...above.volumes])],
    labels: { ...below.labels, ...above.labels },
  };
}

/** A directory of recipes: the texts of its files by name. */
interface RecipeFolder {
  readonly dir: string;
  readonly texts: ReadonlyMap<string, string>;
}

function loadRecipe({ dir, texts }: RecipeFolder, name: string): Recipe {
  const file = join(dir, name);
  const lines = new LineCounter();
  const document = parseDocument(texts.get(name) ?? '', { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new RecipeError(
      file,
      document.errors.map(error => `line ${lines.linePos(error.pos[0]).line}: ${error.message}`),
    );
  }
  const parsed = recipeFile.safeParse(document.toJS());
  if (!parsed.success) throw new RecipeError(file, parsed.error.issues.map(describeIssue));
  const { image, anyVersion, variants } = parsed.data;
  return {
    file,
    image,
    anyVersion,
    variants: variants.map((variant, index) => readVariant(texts, file, variant, `variants[${index}]`)),
  };
}

function readVariant(
  texts: RecipeFolder['texts'],
  file: string,
  variant: RecipeFile['variants'][number],
  key: string,
): RecipeVariant {
  const asset = (name: string, at: string) => readAsset(texts, file, name, `${key}.${at}`);
  const { bootstrap } = variant;
  return {
    tags: variant.tags,
    note: variant.note,
    base:
      bootstrap === undefined
        ? { kind: 'recipe', reference: readReference(file, variant.from ?? '', `${key}.from`) }
        : {
            kind: 'bootstrap',
            bootstrap: {
              ...bootstrap,
              finish: bootstrap.finish === undefined ? undefined : asset(bootstrap.finish, 'bootstrap.finish'),
            },
          },
    steps: variant.steps.map((step, index) => {
      const at = `steps[${index}]`;
      if (step.npm !== undefined) return { kind: 'npm', fetch: step.npm };
      if (step.copy !== undefined)
        return { kind: 'copy', file: asset(step.copy.from, `${at}.copy.from`), to: step.copy.to, mode: step.copy.mode };
      return { kind: 'run', script: asset(step.run ?? '', `${at}.run`), args: step.args ?? [] };
    }),
    config: variant.config,
  };
}

function readReference(file: string, reference: string, key: string): string {
  try {
    return formatReference(parseReference(reference));
  } catch (error) {
    throw new RecipeError(file, [`${key}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function readAsset(texts: RecipeFolder['texts'], file: string, name: string, key: string): RecipeAsset {
  const content = texts.get(name);
  if (content === undefined) throw new RecipeError(file, [`${key}: there is no file ${name} beside the recipe`]);
  return { name, content };
}

function checkRecipe(recipes: readonly Recipe[], recipe: Recipe): void {
  const tags = new Set<string>();
  recipe.variants.forEach((variant, index) => {
    for (const tag of variant.tags) {
      if (tags.has(tag)) throw new RecipeError(recipe.file, [`variants[${index}].tags: ${tag} is there twice`]);
      tags.add(tag);
    }
    const path = new Set<RecipeVariant>();
    for (let base = variant.base; base.kind === 'recipe'; ) {
      const next = findExact(recipes, base.reference);
      if (next === undefined)
        throw new RecipeError(recipe.file, [`variants[${index}].from: ${base.reference} has no recipe`]);
      if (path.has(next))
        throw new RecipeError(recipe.file, [`variants[${index}].from: ${base.reference} is built on itself`]);
      path.add(next);
      base = next.base;
    }
  });
}

/** The variant as it was loaded, so that a walk can tell whether it has been here before. */
function findExact(recipes: readonly Recipe[], reference: string): RecipeVariant | undefined {
  const { tag } = parseReference(reference);
  return recipeOf(recipes, reference)?.variants.find(variant =>
    variant.tags.some(pattern => matchTag(pattern, tag ?? '') !== undefined),
  );
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const key = issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${key.replace(/^\./, '') || 'the file'}: ${issue.message}`;
}
