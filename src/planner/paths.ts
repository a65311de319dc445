/** Where things lie inside images. Each path, id and name stands here once. */
import { PROCESS_NAMES } from '../config/names.js';
import type { Facts } from '../detect/facts.js';

/** The source. */
export const APP_DIR = '/app';

/** A directory of the source inside the image. */
export function insideApp(directory: string): string {
  return directory === '' ? APP_DIR : `${APP_DIR}/${directory}`;
}

/** The app's own directory, where its processes work: the frontend lies beside it as in the source. */
export function workDirectory({ root }: Pick<Facts, 'root'>): string {
  return insideApp(root?.value ?? '');
}

/** The stage in which commands of the configuration are run over the app's code. */
export const APP_BUILD = 'app-build';

/** The virtual environment, built at its final path. */
export const VENV_DIR = '/opt/venv';
/** Where suites write their reports. */
export const REPORTS_DIR = '/reports';
/** Where formatters leave the files that they changed. */
export const CHANGED_DIR = '/changed';
/** The one directory that the app owns beside its home: uploads, databases in files. */
export const DATA_DIR = '/data';
/** Files of Quayside's own. */
export const LIBRARY = '/usr/local/lib/quayside';
/** The directory from which Python learns of the processor that it installs packages for. */
export const CROSS_PYTHON = `${LIBRARY}/cross`;
/** Where the lock's exports lie in the stage that makes them. */
export const LOCK_DIR = '/lock';
/** Reads lock files in that stage. */
/** Settle conditions on patch releases there, and compare what was installed with the list. */
export const RELEASE_SETTLER = `${LIBRARY}/settle-release.py`;
export const CHECK_INSTALLED = `${LIBRARY}/check-installed.py`;
export const DECLARED_BY = `${LIBRARY}/declared-by.py`;
export const LOCK_READER = `${LIBRARY}/lock-requirements.py`;

export const ENTRYPOINT = '/usr/local/bin/quayside-entrypoint';
export const HEALTHCHECK = `${LIBRARY}/healthcheck.py`;
export const CHECK_PACKAGES = `${LIBRARY}/check-packages.py`;
export const LIBRARIES_LIST = `${LIBRARY}/libraries.json`;
export const SERVE = `${LIBRARY}/serve.py`;
export const SMOKE = `${LIBRARY}/smoke.py`;

/** Among the scripts of nginx's image, before its own one, which fills in the templates. */
export const GATEWAY_SETTINGS = '/docker-entrypoint.d/05-quayside-settings.sh';

/** The entrypoint makes this file when it hands over to the command: everything before that is done. */
export const STARTED = '/tmp/quayside-started';

/** The user that the app runs as. */
export const USER = { name: 'app', id: 1000, home: '/home/app' } as const;

/** Host name of the app for the browser tests. */
export const APP_ALIAS = PROCESS_NAMES.app;
/** Host name of the frontend's own server, when it has one. */
export const FRONTEND_ALIAS = PROCESS_NAMES.frontend;

/** Host name of nginx in front of everything, when the app has one. */
export const GATEWAY_ALIAS = PROCESS_NAMES.gateway;
