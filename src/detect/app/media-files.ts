/** Files that people upload to a Django site: its own addresses for them lead nowhere when DEBUG is off, or there are none, and its own nginx has them. */
import { resolvePath } from '../../source/paths.js';
import { importsAnywhere, type PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { writtenPath } from '../code/written-paths.js';
import type { MediaFacts } from '../facts.js';
import type { Project } from '../project.js';
import { settingsInUse } from './django-settings.js';

/** Makes addresses for developers alone: https://docs.djangoproject.com/en/5.2/howto/static-files/#serving-files-uploaded-by-a-user-during-development */
const HELPER = 'django.conf.urls.static.static';

/** Hands out files whatever DEBUG says, where somebody has put it among the addresses. */
const VIEW = 'django.views.static.serve';

/**
 * What an app of others keeps below MEDIA_ROOT and hands out itself, to whom may have it:
 * https://docs.wagtail.org/en/stable/deployment/under_the_hood.html#documents
 */
const KEPT: Readonly<Record<string, string>> = { 'wagtail.documents': 'documents' };

/** Files of nginx's settings. */
const NGINX = /\.conf(\.\w+)?$|(^|\/)(nginx|sites-available|conf\.d)\/[^/]+$/;

/** A place of nginx's settings that is not for everybody: asked for by the app alone, or by whom somebody lets in. */
const GUARDED = /\b(internal|auth_request|auth_basic|secure_link|deny|satisfy)\b/;

/**
 * Finds the uploads that are meant for everybody, which the addresses of the site or the settings of its own nginx say, and that nobody hands out in production.
 * @param project the project with the code that runs
 * @param settings the settings that the app is served with
 */
export async function unservedMedia(project: Project, settings: string | undefined): Promise<MediaFacts | undefined> {
  const { modules } = project;
  const code = modules.filter(({ isTest }) => !isTest);
  if (code.some(isServing)) return undefined;
  // Settings that are served come before those that they are based on.
  const statements = settingsInUse(project, settings).flatMap(module =>
    module.isTest ? [] : module.statements.toReversed().map(statement => ({ ...statement, module })),
  );
  const settingOf = (name: string) => {
    const giving = statements.filter(
      ({ tokens: [first, equals] }) => first?.text === name && /^[=:]$/.test(equals?.text ?? ''),
    );
    // What holds on a condition is for those who store files elsewhere.
    return giving.find(({ indent }) => indent === 0) ?? giving[0];
  };
  const [url, root] = [settingOf('MEDIA_URL'), settingOf('MEDIA_ROOT')];
  if (url === undefined || root === undefined) return undefined;
  const path = pathOf(url.tokens);
  const directory = writtenPath(root.tokens.slice(2), root.module, modules);
  if (path === undefined || directory === undefined) return undefined;
  if (!code.some(isForDevelopers) && !(await isNginxs(project, path))) return undefined;
  const named = code.flatMap(({ statements }) => statements.flatMap(({ tokens }) => tokens));
  const kept = Object.entries(KEPT).flatMap(([app, below]) =>
    named.some(({ kind, text }) => kind === 'string' && text === app) ? [below] : [],
  );
  return {
    value: directory.startsWith('/') ? `/${resolvePath('', directory)}` : resolvePath('', directory),
    place: { file: url.module.path, line: url.line },
    why: 'uploads, which nothing in the app hands out when DEBUG is off',
    url: path,
    kept,
  };
}

function isForDevelopers(module: PythonModule): boolean {
  return (
    importsAnywhere(module).includes(HELPER) && module.statements.some(({ tokens }) => isNamed(tokens, 'MEDIA_URL'))
  );
}

/** Whether the app's own nginx hands out what lies below an address to everybody. */
async function isNginxs({ source }: Pick<Project, 'source'>, path: string): Promise<boolean> {
  const location = new RegExp(
    `\\blocation\\s+(?:\\^~\\s+)?${path.replace(/\/$/, '').replaceAll('.', '\\.')}/?\\s*\\{([^{}]*)\\}`,
    'g',
  );
  for (const file of source.paths.filter(candidate => NGINX.test(candidate))) {
    const blocks = [...((await source.read(file)) ?? '').replaceAll(/#.*/g, '').matchAll(location)];
    if (blocks.some(([, block = '']) => /\b(alias|root)\b/.test(block) && !GUARDED.test(block))) return true;
  }
  return false;
}

function isServing(module: PythonModule): boolean {
  return (
    importsAnywhere(module).includes(VIEW) && module.statements.some(({ tokens }) => isNamed(tokens, 'MEDIA_ROOT'))
  );
}

function isNamed(tokens: readonly PythonToken[], name: string): boolean {
  return tokens.some(({ text }, at) => text === name && at > 0);
}

/** The address, where it is one of the site's own; one that is computed ends in what is written of it. */
function pathOf(tokens: readonly PythonToken[]): string | undefined {
  const written = tokens.slice(2).find(({ kind, text }) => kind === 'string' && text.includes('/'))?.text;
  if (written === undefined || /^(https?:)?\/\//.test(written)) return undefined;
  const inside = written.replace(/^\/+|\/+$/g, '');
  return /^[\w-]+([./][\w-]+)*$/.test(inside) ? `/${inside}/` : undefined;
}
