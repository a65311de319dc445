import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constantOf, supportFiles } from '../../../scripts/generate-support.js';
import { generatedFiles } from '../../../scripts/generated-files.js';
import { configJsonSchema } from '../../../src/config/schema.js';

const generated = { ...(await supportFiles()), ...generatedFiles() };

describe('generated files', () => {
  it.each(Object.entries(generated))('%s is what the source generates (npm run generate)', (path, text) => {
    expect(readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')).toBe(text);
  });

  it.each([
    ['uv', 'uv'],
    ['yarn-berry', 'yarnBerry'],
    ['create-react-app', 'createReactApp'],
  ])('the definition in %s.ts is %s', (file, constant) => {
    expect(constantOf(file)).toBe(constant);
  });

  it('documents every key of the configuration', () => {
    const undocumented: string[] = [];
    const walk = (schema: Record<string, unknown>, path: string) => {
      for (const [key, value] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
        const at = path === '' ? key : `${path}.${key}`;
        if (typeof value.description !== 'string') undocumented.push(at);
        walk(value, at);
      }
      for (const option of (schema.anyOf ?? []) as Record<string, unknown>[]) walk(option, path);
    };
    walk(configJsonSchema(), '');
    expect(undocumented).toEqual([]);
  });
});
