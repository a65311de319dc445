/** The files of the examples, as golden files; what is brought as it is stands in docker/ and compose/ already. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Plan } from '../../../src/plan/types.js';
import { FORMATS, renderApp } from '../../../src/render/eject.js';
import { BROUGHT } from '../../../src/render/rendered.js';
import { sourceOf } from '../../support/rendered-source.js';

const GOLDEN = new URL('../../golden/plan/', import.meta.url);

function planOf(name: string): Plan {
  return JSON.parse(readFileSync(new URL(`${name}.golden.json`, GOLDEN), 'utf8')) as Plan;
}

const NAMES = readdirSync(GOLDEN).flatMap(file => /^(.*)\.golden\.json$/.exec(file)?.[1] ?? []);

describe.each(NAMES)('examples/%s', name => {
  const rendered = renderApp(planOf(name), sourceOf(name));

  it('is rendered as the golden files say', async () => {
    for (const { path, text } of rendered)
      if (!path.startsWith(`${BROUGHT}/`))
        await expect(text).toMatchFileSnapshot(`../../golden/render/${name}/${path}`);
  });

  it('has every stage that its compose files build, each after those that it is made of', () => {
    const text = rendered.find(({ path }) => path === 'Dockerfile')!.text;
    const stages: string[] = [];
    for (const line of text.split('\n')) {
      const [, from, id] = /^FROM (?:--platform=\S+ )?(\S+) AS (\S+)$/.exec(line) ?? [];
      const [, copied] = /^COPY .*--from=(\S+)/.exec(line) ?? [];
      if (copied !== undefined) expect(stages).toContain(copied);
      if (from === undefined) continue;
      if (!/[/:]/.test(from)) expect(stages).toContain(from);
      stages.push(id!);
    }
    const composed = rendered.filter(({ path }) => /^compose.*\.yaml$/.test(path));
    for (const { text: written } of composed) {
      const { services } = parse(written) as { services: Record<string, { build?: { target: string } }> };
      for (const { build } of Object.values(services)) if (build) expect(stages).toContain(build.target);
    }
  });

  it('has no value of a secret, and none that a password of production could be', () => {
    for (const { path, text } of rendered) {
      if (path === 'compose.test.yaml') continue;
      expect(text).not.toMatch(/only-for-tests/);
      for (const [, value] of text.matchAll(/^\s*#?\w*(?:PASSWORD|SECRET)\w*[:=] ?(.*)$/gm))
        expect(value).toMatch(/^$|^"1"$|^'?\$\{/);
    }
  });

  it('is rendered the same in parts', () => {
    const parts = FORMATS.flatMap(format => renderApp(planOf(name), sourceOf(name), [format]));
    expect(parts.map(({ path }) => path).sort()).toEqual(rendered.map(({ path }) => path).sort());
  });
});
