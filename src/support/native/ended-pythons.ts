/** Which versions of packages a Python that has ended can have, as the package index listed them in November 2026. */

/** The Pythons of the table, in its order. */
const COLUMNS: readonly string[] = ['3.6', '3.7', '3.8', '3.9'];

/**
 * By package, for each Python: the first version that works on it, with wheels where it has any, and the first that it is too old for.
 * Packages that are not here are taken to have a version for each.
 */
const VERSIONS: Readonly<Record<string, string>> = {
  celery: '0:5.2.0 4.3.0:5.3.1 4.3.0:5.6.0 4.3.0:5.7.0',
  cffi: '1.9.1:1.16.0 1.11.5:1.16.0 1.13.0:2.0.0 1.14.3:2.1.0',
  click: '0:8.1.0 0:8.2.0 0:8.2.0 0:8.2.0',
  cryptography: '0:41.0.0 0:46.0.0 0:48.0.0 0:-',
  django: '1.8:4.0 1.11.17:4.0 1.11.17:5.0 1.11.17:5.0',
  djangorestframework: '0:3.15.2 0:3.15.2 0:3.16.0 0:3.17.0',
  fastapi: '0:0.84.0 0:0.104.0 0:0.125.0 0:0.129.0',
  flask: '0:2.1.0 0:2.3.0 0:3.1.0 0:-',
  gevent: '1.2.0:23.7.0 1.3.4:23.7.0 1.5.0:24.10.1 20.6.1:26.8.0',
  greenlet: '0.4.11:3.0.0 0.4.13:3.2.0 0.4.15:3.2.0 0.4.17:3.3.0',
  gunicorn: '0:22.0.0 19.8.0:24.0.0 19.8.0:24.0.0 19.8.0:24.0.0',
  httptools: '0.1.0:0.6.1 0.1.0:0.6.1 0.1.0:0.7.1 0.1.2:-',
  itsdangerous: '0:2.1.0 0:2.2.0 0:- 0:-',
  jinja2: '0:3.1.0 0:- 0:- 0:-',
  kombu: '0:5.2.0 4.3.0:5.3.0 4.3.0:5.6.0 4.3.0:5.7.0',
  lxml: '3.7.2:6.0.0 4.2.2:6.0.0 4.4.1:- 4.5.2:-',
  markupsafe: '0:2.1.0 0:3.0.0 0:3.0.0 0:-',
  marshmallow: '0:3.15.0 0:3.20.0 0:3.23.0 0:4.1.0',
  numpy: '1.11.3:1.20.0 1.14.5:1.22.0 1.17.3:1.25.0 1.19.3:2.1.0',
  pandas: '0.19.2:1.2.0 0.23.2:1.4.0 0.25.2:2.1.0 1.1.3:3.0.0',
  pillow: '4.0.0:9.0.0 5.2.0:10.0.0 6.2.1:11.0.0 8.0.0:12.0.0',
  psycopg2: '0:2.9.9 0:2.9.10 0:2.9.11 0:2.9.13',
  'psycopg2-binary': '2.7.3.2:2.9.9 2.7.5:2.9.10 2.8.4:2.9.11 2.8.6:2.9.13',
  pydantic: '0:1.10.0 0:2.6.0 0:2.11.0 0:2.14.0',
  pyjwt: '0:2.5.0 0:2.9.0 0:2.10.0 0:-',
  requests: '0:2.28.0 0:2.32.2 0:2.32.5 0:2.33.0',
  sqlalchemy: '0:2.0.0 0:2.1.0 0:2.1.0 0:2.1.0',
  starlette: '0:0.20.0 0:0.30.0 0:0.45.0 0:0.50.0',
  urllib3: '0:2.0.2 0:2.1.0 0:2.3.0 0:2.7.0',
  uvicorn: '0:0.17.0.post1 0:0.23.0 0:0.34.0 0:0.40.0',
  uvloop: '0.7.1:0.15.2 0.11.0:0.19.0 0.14.0:- 0.15.2:-',
  werkzeug: '0:2.1.0 0:2.3.0 0:3.1.0 0:-',
};

/** By package: from which version on, and before which, its wheels carry a library that the C library of every system of today refuses. */
export const BROKEN_WHEELS: Readonly<Record<string, { readonly from: string; readonly before: string }>> = {
  psycopg2: { from: '2.7', before: '2.7.3.2' },
};

/** From which version on, and before which, a package can be had. */
export interface VersionsFor {
  readonly from: string;
  readonly before: string | undefined;
}

/** The versions of packages that a Python which has ended can have, by package; none of any other Python. */
export function versionsForEnded(python: string): readonly (readonly [string, VersionsFor])[] {
  const at = COLUMNS.indexOf(python);
  if (at < 0) return [];
  return Object.entries(VERSIONS).map(([name, columns]) => {
    const [from = '0', before] = columns.split(' ')[at]!.split(':');
    return [name, { from, before: before === '-' ? undefined : before }];
  });
}
