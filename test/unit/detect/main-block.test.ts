/** Tables that a program makes before it serves. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const APP = `from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)

def init_db():
    with app.app_context():
        db.create_all()

def fill():
    db.session.add(User())

`;

const flask = (block: string, more: Files = {}): Files =>
  withFiles(FLASK, {
    'requirements.txt': 'flask==3.1.0\nflask-sqlalchemy==3.1.1\n',
    'shop/__init__.py': '',
    'app.py': APP + block,
    ...more,
  });

async function migration(files: Files): Promise<string> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return makePlan(facts!, {}).migration?.command.join(' ') ?? 'none';
}

const FOLLOWED = 'python /usr/local/lib/quayside/main-block.py app';

describe('a block that makes tables before it serves', () => {
  it.each<readonly [string, Files, string]>([
    [
      'by itself',
      flask(
        'if __name__ == "__main__":\n    with app.app_context():\n        db.create_all()\n    app.run(debug=True)\n',
      ),
      FOLLOWED,
    ],
    ['by a function of the app', flask('if __name__ == "__main__":\n    init_db()\n    app.run()\n'), FOLLOWED],
    [
      'in a program beside the app',
      flask('', {
        'run.py': 'from app import app, init_db\n\nif __name__ == "__main__":\n    init_db()\n    app.run()\n',
      }),
      'python /usr/local/lib/quayside/main-block.py run',
    ],
    ['and fills them', flask('if __name__ == "__main__":\n    init_db()\n    fill()\n    app.run()\n'), 'none'],
    ['behind the server', flask('if __name__ == "__main__":\n    app.run()\n    init_db()\n'), 'none'],
    ['and serves nothing', flask('if __name__ == "__main__":\n    init_db()\n'), 'none'],
    [
      'whatever the configuration says',
      flask('if __name__ == "__main__":\n    init_db()\n    app.run()\n', { 'quayside.yaml': 'migrate: false\n' }),
      'none',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await migration(files)).toBe(expected);
  });
});
