/** Settings of Dynaconf, whose files and variables are told of: no code asks for them by name. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const app = (code: string, requirements = 'flask\ngunicorn\ndynaconf\n'): Files =>
  withFiles(FLASK, { 'requirements.txt': requirements, 'shop/settings.py': `${code}\n` });

it.each<readonly [string, Files, readonly string[]]>([
  [
    'an object',
    app(
      'from dynaconf import Dynaconf\n\nsettings = Dynaconf(\n    envvar_prefix="SHOP",\n    settings_files=["settings.toml", ".secrets.toml"],\n)',
    ),
    ['shop/settings.py:3 settings.toml .secrets.toml SHOP_'],
  ],
  ["Flask's", app('import dynaconf\n\ndynaconf.FlaskDynaconf(app)'), ['shop/settings.py:3 Dynaconf FLASK_']],
  ['not without the package', app('from dynaconf import Dynaconf\nDynaconf()', 'flask\ngunicorn\n'), []],
])('%s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const told = (facts!.left ?? []).map(
    ({ value, place, why }) => `${place.file}:${place.line} ${value} ${/\w+_(?=… variables)/.exec(why ?? '')?.[0]}`,
  );
  expect(told).toEqual(expected);
});
