/** What Quart took over from Flask: how its program is called, and how it finds an app that nobody names. */

/** Options of `flask` and of `quart`. */
export const PROGRAM_OPTIONS = {
  options: ['--app', '-A'],
  takingValue: ['--app', '-A', '-e', '--env-file', '-h', '--host', '-p', '--port'],
  registers: 'cli.command',
} as const;

/**
 * https://flask.palletsprojects.com/en/stable/cli/#application-discovery, and find_best_app of flask/cli.py; last what hosts look for that
 * are told of none (cloud.google.com, "Default entrypoint").
 */
export const DISCOVERY = {
  files: ['wsgi.py', 'app.py', 'main.py'],
  objects: ['app', 'application'],
  otherwise: 'only',
  factories: ['create_app', 'make_app'],
} as const;
