/** What an app is called by what lies around its code: its compose file, its directory, its package of Node, the title of its README. */
import { relativePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { readCompose, seenFromApp } from '../files/compose.js';
import { placeIn, readPackageJson } from '../files/package-json.js';
import { aroundApp, type Project } from '../project.js';

/** The names that people have written down, the surest first. */
export async function surroundingNames(project: Project): Promise<readonly Sourced<string>[]> {
  const { tree, source, root } = project;
  const around = (await readCompose(source))?.name;
  const compose =
    (await readCompose(tree))?.name ?? (around && { ...around, place: seenFromApp(project, around.place) });
  const node = (await readPackageJson(source, '')).value;
  const title = (await readTitle(tree)) ?? (await readTitle(source, root));
  const directories = root.split('/').filter(part => part !== '');
  return [
    ...(compose ? [{ ...compose, why: "the compose file's name" }] : []),
    ...(typeof node?.data.name === 'string'
      ? [{ value: node.data.name, place: { ...placeIn(node, 'name'), file: aroundApp(project, node.path) } }]
      : []),
    ...(title ? [title] : []),
    ...directories.toReversed().map(value => ({ value, place: { file: '.' }, why: "the app's directory" })),
  ];
}

const README = /^readme(\.(md|markdown|rst|txt))?$/i;

/** Titles of parts, which say nothing of the whole. */
const NO_TITLE =
  /^(about|contents?|contributing|description|features|getting started|install(ation|ing)?|introduction|license|overview|prerequisites|quick ?start|readme|requirements|running|screenshots?|setup|table of contents|tech(nologies| stack)|usage|welcome)\b/i;

/** More words are a sentence. */
const MOST_WORDS = 5;

/** The title of a README, where it is short enough to be a name. */
async function readTitle(tree: Project['tree'], root = ''): Promise<Sourced<string> | undefined> {
  const path = tree.paths.find(file => README.test(file));
  if (path === undefined) return undefined;
  const lines = ((await tree.read(path)) ?? '').replace(/^\uFEFF/, '').split(/\r?\n/, 40);
  for (const [at, line] of lines.entries()) {
    const below = lines[at + 1] ?? '';
    const isUnderlined = /^(={3,}|-{3,})\s*$/.test(below) && /\w/.test(line);
    const [, heading, tagged] = /^#\s+(.+?)\s*#*$|^\s*<h1[^>]*>(.+?)<\/h1>/i.exec(line) ?? [];
    const written = heading ?? tagged ?? (isUnderlined ? line : undefined);
    if (written === undefined) continue;
    const value = plainText(written);
    const words = value.split(/[\s_-]+/);
    if (value === '' || NO_TITLE.test(value) || words.length > MOST_WORDS) return undefined;
    return { value, place: { file: relativePath(root, path), line: at + 1 }, why: 'its title' };
  }
  return undefined;
}

/** A heading without pictures, links, marks of markup and what is said behind a colon or a dash. */
function plainText(heading: string): string {
  return heading
    .replaceAll(/!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])?/g, '')
    .replaceAll(/\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replaceAll(/<[^>]*>|:[a-z0-9_+-]+:|[`*]/g, '')
    .replace(/\s+[–—|-]\s+.*$|:\s.*$|\s\(.*$/, '')
    .replaceAll(/[^\p{L}\p{N}\s._'-]/gu, '')
    .trim()
    .replace(/^(a|an|the)\s+/i, '');
}
