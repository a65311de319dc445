/** Compose files of the app that are not read: compose takes some of them together when it is told so, which no file says. */
import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import type { LeftStep } from '../facts.js';
import { FOR_DEVELOPERS } from '../files/app-dockerfile.js';
import { readAppCompose, readCompose, seenFromApp } from '../files/compose.js';
import { parseComposeText } from '../files/compose-nodes.js';
import type { Project } from '../project.js';
import { clipped } from './programs.js';

const FILES = /(^|\/)(docker-)?compose[^/]*\.ya?ml$/;

/** What such a file has besides: tests, what watches the app, machines of another kind. */
const BESIDE =
  /(^|[./_-])(override|examples?|samples?|templates?|tests?|contrib|bench(marks?)?|load[_-]?test(s|ing)?|monitoring|observability|tracing|gpu|cuda|arm64?|windows|mac(os)?)([./_-]|$)/i;

/** Finds them, in one line. */
export async function leftComposeFiles(project: Project): Promise<readonly LeftStep[]> {
  const { base } = await readAppCompose(project);
  const read = await readCompose(base);
  const [isInstalled, asideOf] = [installedIn(base.paths), asideIn(base.paths)];
  const isOwn = (path: string) =>
    !path.split('/').some(part => part.startsWith('.')) &&
    !isInstalled(path) &&
    asideOf(path) === undefined &&
    !isTestFile(path);
  const others = base.paths.filter(
    path => FILES.test(path) && isOwn(path) && !FOR_DEVELOPERS.test(path) && !BESIDE.test(path),
  );
  const unread = others.filter(path => !read?.files.includes(path));
  const texts = await Promise.all(unread.map(async path => (await base.read(path)) ?? ''));
  const found = unread.filter((path, at) => runsSomething(path, texts[at]!));
  if (found[0] === undefined) return [];
  const place = base === project.tree ? { file: found[0] } : seenFromApp(project, { file: found[0] });
  const why = read
    ? `${read.path} is read in place of it; here, only what starts the app's server`
    : "nothing says whether it counts; only what starts the app's server is read";
  return [{ kind: 'file', value: clipped(found.join(' '), 120), place, why }];
}

function runsSomething(path: string, text: string): boolean {
  return (parseComposeText(path, text, new Map())?.get('services')?.entries() ?? []).length > 0;
}
