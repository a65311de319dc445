/** Commands that clear a database of SQLite and make its tables: run while there is no database, as Flask's tutorial has one. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const COMMAND = `import sqlite3

import click


def get_db(app):
    return sqlite3.connect(app.config["DATABASE"])


def init_db():
    with app.open_resource("schema.sql") as file:
        get_db().executescript(file.read().decode("utf8"))


@click.command("init-db")
def init_db_command():
    """Clear existing data and create new tables."""
    init_db()
    click.echo("Initialized the database.")
`;

const MAKES = `import os

from flask import Flask


def create_app():
    app = Flask(__name__, instance_relative_config=True)
    app.config.from_mapping(DATABASE=os.path.join(app.instance_path, "shop.sqlite"))
    from . import db
    app.cli.add_command(db.init_db_command)
    return app
`;

const tutorial = (command = COMMAND, files: Files = {}): Files =>
  withFiles(FLASK, { 'shop/__init__.py': MAKES, 'shop/db.py': command, ...files });

it.each<readonly [string, Files, readonly string[] | undefined]>([
  [
    'in a directory of data that is empty',
    tutorial(),
    ['sh', '-c', '[ -n "$(ls -A instance)" ] || exec flask init-db'],
  ],
  [
    'where a file is not there',
    tutorial(COMMAND.replace('app.config["DATABASE"]', '"shop.db"')),
    ['sh', '-c', '[ -s shop.db ] || exec flask init-db'],
  ],
  [
    'in the function itself',
    tutorial(COMMAND.replace('    init_db()\n', '    db.drop_all()\n    db.create_all()\n')),
    ['sh', '-c', '[ -n "$(ls -A instance)" ] || exec flask init-db'],
  ],
  ['not where somebody is asked', tutorial(COMMAND.replace('click.echo(', 'click.confirm(')), undefined],
  [
    'not where it wants to be told',
    tutorial(COMMAND.replace('("init-db")', '("init-db")\n@click.argument("file")')),
    undefined,
  ],
  ['not by another name', tutorial(COMMAND.replace('"init-db"', '"import-all"')), undefined],
  [
    'not where the app does not have it',
    tutorial(COMMAND, { 'shop/__init__.py': MAKES.replace('app.cli.add_command(db.init_db_command)', 'pass') }),
    undefined,
  ],
  [
    'not where a server has the database',
    tutorial(`${COMMAND}\n\nURL = os.environ["DATABASE_URL"]\n`, {
      'requirements.txt': `${FLASK['requirements.txt']}psycopg[binary]\n`,
      'shop/config.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n',
    }),
    undefined,
  ],
  ['not where the configuration says otherwise', tutorial(COMMAND, { 'quayside.yaml': 'migrate: false\n' }), undefined],
])('a command that clears the database is run %s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect(facts!.migrate?.value).toEqual(expected);
});
