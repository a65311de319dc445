/** Files that people upload to a Django site: its own addresses for them lead nowhere when DEBUG is off. */
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

/**
 * Finds the uploads that are meant for everybody, which the addresses of the site say, and that nobody hands out in production.
 * @param project the project with the code that runs
 * @param settings the settings that the app is served with
 */
export function unservedMedia(project: Project, settings: string | undefined): MediaFacts | undefined {
  const { modules } = project;
  const code = modules.filter(({ isTest }) => !isTest);
  if (!code.some(isForDevelopers) || code.some(isServing)) return undefined;
  const statements = settingsInUse(project, settings).flatMap(module =>
    module.isTest ? [] : module.statements.map(({ tokens, line }) => ({ module, tokens, line })),
  );
  const settingOf = (name: string) =>
    statements.findLast(({ tokens: [first, equals] }) => first?.text === name && /^[=:]$/.test(equals?.text ?? ''));
  const [url, root] = [settingOf('MEDIA_URL'), settingOf('MEDIA_ROOT')];
  if (url === undefined || root === undefined) return undefined;
  const path = pathOf(url.tokens);
  const directory = writtenPath(root.tokens.slice(2), root.module, modules);
  if (path === undefined || directory === undefined) return undefined;
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
