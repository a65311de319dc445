/** Variables that objects of classes stand for, which a loop reads later: `StringVariable("DATABASE_URL")`. */
import { expect, it } from 'vitest';
import { DJANGO, detectFiles, withFiles } from './apps.js';

it.each(['*', 'StringVariable, BoolVariable'])('are read, imported as %s', async names => {
  const settings = `from typed_environment_configuration import ${names}\n\n_VARIABLES = [\n    StringVariable("PROJECT"),\n    StringVariable("DATABASE_URL"),\n    StringVariable("ADDRESS", default=""),\n    BoolVariable("OPEN"),\n]\n`;
  const { facts, diagnostics } = await detectFiles(
    withFiles(DJANGO, {
      'requirements.txt': 'Django==5.2\ngunicorn==23.0.0\npsycopg==3.2.0\n',
      'site_/settings.py': settings,
    }),
  );
  expect(diagnostics).toEqual([]);
  expect(facts!.services[0]!.addresses!.map(({ variable }) => variable.value)).toEqual(['DATABASE_URL']);
  expect(facts!.needed!.map(({ name, kind, place }) => `${name} ${kind} ${place.line}`)).toEqual([
    'PROJECT text 4',
    'OPEN flag 7',
  ]);
});

it('are none of other classes with such names', async () => {
  const settings = 'from .own import StringVariable\n\nALL = [StringVariable("PROJECT")]\n';
  const { facts } = await detectFiles(withFiles(DJANGO, { 'site_/settings.py': settings }));
  expect(facts!.needed).toBeUndefined();
});
