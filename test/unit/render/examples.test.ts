/** The files of the examples, as golden files; what is brought as it is stands in docker/ and compose/ already. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FORMATS, renderApp } from '../../../src/render/eject.js';
import { BROUGHT } from '../../../src/render/rendered.js';
import { EXAMPLE_NAMES, exampleApp } from '../../support/rendered-apps.js';

describe.each(EXAMPLE_NAMES)('examples/%s', name => {
  const { plan, source } = exampleApp(name);
  const rendered = renderApp(plan, source);

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
      const { services } = parse(written, { merge: true }) as {
        services: Record<string, { build?: { target: string } }>;
      };
      // One with a debugger where a variable is set.
      const targets = Object.values(services).flatMap(({ build }) =>
        build ? ['', '$1'].map(by => build.target.replace(/\$\{\w+:\+([^}]*)\}/, by)) : [],
      );
      for (const target of targets) expect(stages).toContain(target);
    }
  });

  it('has no value of a secret, and none that a password of production could be', () => {
    for (const { path, text } of rendered) {
      if (path === 'compose.test.yaml') continue;
      expect(text).not.toMatch(/only-for-tests|OnlyForTests/);
      for (const [, value] of text.matchAll(/^\s*#?\w*(?:PASSWORD|SECRET)\w*[:=] ?(.*)$/gm))
        expect(value).toMatch(/^$|^"1"$|^'?\$\{|^\/run\/secrets\//);
    }
  });

  it('is rendered the same in parts', () => {
    const parts = FORMATS.flatMap(format => renderApp(plan, source, [format]));
    expect([...new Set(parts.map(({ path }) => path))].sort()).toEqual(rendered.map(({ path }) => path).sort());
  });
});
