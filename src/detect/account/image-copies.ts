/** What the app's own container has elsewhere than the source has it, or from other images, and the image here has not. */
import { isWithin, relativePath, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import type { LeftStep } from '../facts.js';
import { type ImageStage, pathIn, type StageInstruction } from '../files/image-stages.js';
import { placeOf } from './image-runs.js';
import { clipped, OF_THE_SYSTEM } from './programs.js';

/** Where copies are made. */
export interface Copies {
  readonly tree: Tree;
  readonly stages: readonly ImageStage[];
  /** The directory of the app in the tree, and those that its imports start in. */
  readonly roots: readonly string[];
  /** Of an app in a directory of the source: what lies around it, and is in no image here. */
  readonly around?: { readonly tree: Tree; readonly has: (path: string) => boolean } | undefined;
  /** Where the frontend is built, and what it makes; absent: there is none. */
  readonly frontend?: { readonly root: string; readonly output: string } | undefined;
  /** Lines of the Dockerfile whose copies are made here too. */
  readonly followed: ReadonlySet<number>;
  /** Paths of scripts, of which is told by what they do. */
  readonly scripts: ReadonlySet<string>;
  /** Names of files that are read, or run, by what starts the app. */
  readonly started: ReadonlySet<string>;
}

/** What packages are installed by, and what tells servers of their work, which is read where it counts. */
const NEEDLESS =
  /(^|\/)(requirements([^/]*(\.txt|\.in)?|\/[^/]*\.txt)|constraints[^/]*|pyproject\.toml|poetry\.(lock|toml)|uv\.lock|pdm\.lock|pylock\.toml|Pipfile(\.lock)?|setup\.(py|cfg)|environment\.ya?ml|package(-lock)?\.json|yarn\.lock|pnpm-(lock|workspace)\.yaml|\.npmrc|bun\.lockb?|README[^/]*|LICEN[CS]E[^/]*|MANIFEST\.in|\.git|\.python-version|nginx[^/]*|[^/]*\.conf(\.template)?|[^/]*nginx[^/]*|uwsgi[^/]*\.(ini|ya?ml|xml)|supervisord?[^/]*|gunicorn[^/]*\.py|wait-for[^/]*|\.bashrc|\.vimrc|[^/]*\.whl|[^/]*\.sh|[^/]*\.(crt|pem))$/i;

/** Images of tools, and where installed packages and programs lie. */
const TOOLS =
  /(^|\/)(uv|python|node|poetry|tini|dumb-init|gosu|wait-for[^/]*|litestream|golang|rust|pypy|bun|deno)(:|@|$)/i;
const INSTALLED =
  /(site-packages|\/venv|\.venv|\/wheels?(\/|$)|\.local(\/|$)|\/install(ed)?(\/|$)|\/usr\/local\/?(lib|bin|include)?|\/opt\/((py)?venv|python)|\/opt\/poetry|\/dependencies|__pypackages__|requirements[^/]*$|\/(root|home\/\w+)\/\.(cache|local)|\/env$|^\/usr\/|^\/bin\/|^\/lib)/;

/** Finds the copies of a stage that nothing here makes. */
export function leftCopies(stage: ImageStage, copies: Copies): readonly LeftStep[] {
  return stage.instructions.flatMap(instruction => {
    if (copies.followed.has(instruction.line)) return [];
    const moved =
      instruction.kind === 'copy'
        ? movedFiles(stage, instruction, copies)
        : instruction.kind === 'take'
          ? takenFiles(instruction, copies)
          : [];
    return moved.length === 0
      ? []
      : [{ kind: 'copy', value: clipped(moved.join(' '), 120), place: placeOf(stage, instruction) } as const];
  });
}

type Copy = Extract<StageInstruction, { kind: 'copy' }>;

function movedFiles(stage: ImageStage, { from, to, workdir }: Copy, copies: Copies): readonly string[] {
  const target = pathIn(workdir, to);
  const isInto = from.length > 1 || /(^|\/)\.{0,2}$/.test(to);
  return from.flatMap(path => {
    const name = path.replace(/\/$/, '').split('/').at(-1)!;
    if (/^https?:/.test(path)) return /\.(sh|asc|gpg)$|tini|wait-for|dockerize|gosu/.test(path) ? [] : [path];
    if (NEEDLESS.test(path.replaceAll('*', '')) || path.includes('$') || copies.started.has(name)) return [];
    const source = resolvePath('', path.replace(/^\/+/, '').replace(/\*.*$/, ''));
    const own = copies.tree.paths.find(candidate => candidate === source || candidate.endsWith(`/${source}`));
    const isDirectory = source === '' || copies.tree.paths.some(candidate => candidate.startsWith(`${source}/`));
    const at = isInto || path.includes('*') ? pathIn(target, name) : target;
    const outside =
      own === undefined || !copies.roots.some(root => isWithin(own, root)) ? outsideApp(source, copies) : undefined;
    if (outside !== undefined && !OF_THE_SYSTEM.test(target)) return [`${outside} as ${target}`];
    if (isDirectory || own === undefined) return [];
    if (isInPlace(stage, own, at, copies) || copies.scripts.has(own) || isChecked(stage, name)) return [];
    if (OF_THE_SYSTEM.test(at) || /(^|\/)\.?(ssh|aws|git)/.test(at)) return [];
    return [`${own} as ${at}`];
  });
}

/** A directory beside the app's that has more than what is needed to install packages or to start something. */
function outsideApp(path: string, { around }: Copies): string | undefined {
  const within = around?.has(path) ? around.tree.paths.filter(one => one.startsWith(`${path}/`)) : [];
  return within.some(one => !NEEDLESS.test(one)) ? path : undefined;
}

/** Whether a container's own check of its health names a file. */
function isChecked(stage: ImageStage, name: string): boolean {
  return stage.instructions.some(instruction => instruction.kind === 'other' && instruction.text.includes(name));
}

/** Whether a file lies in the image where it lies in the source, seen from the app's directory, which people work in there. */
function isInPlace(stage: ImageStage, source: string, at: string, { roots }: Copies): boolean {
  const places = ['/', ...stage.instructions.map(({ workdir }) => workdir)];
  return roots
    .filter(root => isWithin(source, root))
    .some(root => places.some(place => at === pathIn(place, relativePath(root, source))));
}

function takenFiles(
  { stage: name, from, to, workdir }: Extract<StageInstruction, { kind: 'take' }>,
  { stages, roots, frontend, tree }: Copies,
): readonly string[] {
  const other = stages.find(({ index, name: own }) => own === name.toLowerCase() || `${index}` === name);
  if (TOOLS.test(other ? '' : name)) return [];
  const target = pathIn(workdir, to);
  return from.flatMap(path => {
    if (INSTALLED.test(path) || INSTALLED.test(target) || NEEDLESS.test(path)) return [];
    const source = other?.sourceOf(pathIn('/', path));
    // What a stage has of the source, the image has from the source.
    if (source !== undefined && (roots.includes(source) || source === '')) return [];
    const within = tree.paths.filter(own => source !== undefined && isWithin(own, source));
    if (within.length > 0 && within.every(own => NEEDLESS.test(own))) return [];
    const isBuilt = (root: string) => root !== '' && (isWithin(source!, root) || isWithin(root, source!));
    if (source !== undefined && frontend && (isBuilt(frontend.root) || isBuilt(frontend.output))) return [];
    return [`${path} of ${name} as ${target}`];
  });
}
