/** Who hands a Django site's static files to browsers: Django itself does so only for developers. */
import type { Sourced } from '../../source/sourced.js';
import { importsAnywhere, type PythonModule, type ScopedStatement } from '../code/module.js';
import type { DjangoFacts } from '../facts.js';
import type { Project } from '../project.js';
import { settingsInUse } from './django-settings.js';

/** Modules of packages that hand out static files from within the app. */
const SERVING = /^(whitenoise|servestatic|dj_static|static3|django_heroku|django_on_heroku|blacknoise)(\.|$)/;

/** What sets WhiteNoise up for the developers' server alone. */
const FOR_DEVELOPERS = /runserver_nostatic$/;

/** Handlers and views of Django's, and of others, that somebody has put into production. */
const HANDLERS =
  /^(django\.contrib\.staticfiles\.handlers\.(ASGI)?StaticFilesHandler|starlette\.staticfiles\.StaticFiles|fastapi\.staticfiles\.StaticFiles|werkzeug\.middleware\.shared_data\.SharedDataMiddleware)$/;

/** Storages that keep the files elsewhere, as settings name them. */
const STORAGES = /^(storages\.|.*(S3|Boto|GoogleCloud|GCloud|Azure|Cloudinary|Bunny|DigitalOcean|Spaces)\w*)/i;

/** Settings that name the storage of static files. */
const STORAGE_SETTING = /^(STATICFILES_STORAGE|STORAGES|DEFAULT_STATIC_STORAGE)$/;

const DEFAULT_URL = '/static/';

/**
 * Finds the address below which nobody hands out the files that are collected; undefined where somebody does: the app, its server, or a
 * storage elsewhere.
 * @param project the project with the code that runs
 * @param settings the settings that the app is served with
 */
export async function unservedStatic(
  project: Project,
  collectStatic: DjangoFacts['collectStatic'],
  settings: string | undefined,
): Promise<Sourced<string> | undefined> {
  if (collectStatic === undefined || (await isServedByServer(project))) return undefined;
  const code = project.modules.filter(({ isTest }) => !isTest);
  if (code.some(isServing)) return undefined;
  const statements = settingsInUse(project, settings).flatMap(module =>
    module.isTest ? [] : module.statements.map(statement => ({ path: module.path, statement })),
  );
  if (statements.some(({ statement }) => isElsewhere(statement))) return undefined;
  const written = statements.findLast(({ statement }) => isSet(statement, 'STATIC_URL'));
  const url = written && firstText(written.statement);
  if (url !== undefined && /^(https?:)?\/\//.test(url)) return undefined;
  const place = written ? { file: written.path, line: written.statement.line } : collectStatic.place;
  return { value: asPath(url), place, why: 'nothing in the app hands them out when DEBUG is off' };
}

/** Django takes a relative address as one below the site's own. */
function asPath(url: string | undefined): string {
  const inside = (url ?? '').replace(/^\/+|\/+$/g, '');
  return /^[\w./-]+$/.test(inside) ? `/${inside}/` : DEFAULT_URL;
}

function isServing(module: PythonModule): boolean {
  const imports = importsAnywhere(module);
  if (imports.some(target => SERVING.test(target) || HANDLERS.test(target))) return true;
  const hasView = imports.some(target => /^django\.(views\.static|contrib\.staticfiles\.views)\.serve$/.test(target));
  return module.statements.some(({ tokens }) => {
    const named = tokens.some(
      ({ kind, text }) => kind === 'string' && SERVING.test(text) && !FOR_DEVELOPERS.test(text),
    );
    const isRoute = hasView && tokens.some(({ text }) => text === 'serve');
    return named || (isRoute && tokens.some(({ text }) => text === 'STATIC_ROOT' || /(^|\W)static\W/.test(text)));
  });
}

/** Whether a setting keeps the files in a storage elsewhere, in whatever case. */
function isElsewhere({ tokens }: ScopedStatement): boolean {
  const names = tokens.some(
    ({ kind, text }) => STORAGE_SETTING.test(text) || (kind === 'string' && text === 'staticfiles'),
  );
  return names && tokens.some(({ kind, text }) => kind === 'string' && STORAGES.test(text));
}

function isSet({ tokens }: ScopedStatement, name: string): boolean {
  return tokens[0]?.text === name && /^[=:]$/.test(tokens[1]?.text ?? '');
}

/** The text that a setting has, or that stands for it where it is computed: the default of a variable. */
function firstText({ tokens }: ScopedStatement): string | undefined {
  return tokens.slice(1).find(({ kind, text }) => kind === 'string' && text.includes('/'))?.text;
}

/** uWSGI hands out files that its own settings map, granian those of an option. */
async function isServedByServer({ tree }: Project): Promise<boolean> {
  const files = tree.paths.filter(path =>
    /^([\w.-]+\/){0,2}([\w.-]*\.ini|Procfile|[\w.-]*Dockerfile[\w.-]*|[\w.-]+\.sh)$/.test(path),
  );
  const texts = await Promise.all(files.map(async path => (await tree.read(path)) ?? ''));
  return texts.some(text => /\bstatic-map\b|--static-path-(mount|route)\b/.test(text));
}
