/** The app's own nginx in front of its servers: templates that are filled in when it starts. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import { lineOf } from '../../source/script-file.js';
import type { GatewayFacts, GatewayValue } from '../facts.js';
import type { Project } from '../project.js';

const DIRECTORIES = ['nginx', 'nginx/templates', 'deploy/nginx', 'docker/nginx', 'docker/nginx/templates'];

/** What a variable of a template stands for, by its name; the first that fits. */
const MEANINGS: readonly (readonly [RegExp, GatewayValue])[] = [
  [/^(HTTPS|SSL|TLS)_PORT$/, 'https-port'],
  [/^(HTTP_|LISTEN_)?PORT$/, 'http-port'],
  [/^(SERVER_NAME|DOMAIN|HOSTNAME)$/, 'name'],
  [/^(CERTIFICATES?|CERTS?|SSL|TLS)(_DIR|_DIRECTORY|_PATH)?$/, 'certificates'],
  [/^(\w+_)?(FRONTEND|NEXT|UI)(_\w+)?$/, 'frontend'],
  [/^(\w+_)?(BACKEND|API|APP|WEB|UPSTREAM)(_\w+)?$/, 'app'],
];

/** Finds the templates and what their variables stand for; asks when a name does not say it. */
export async function detectGateway(project: Project): Promise<Finding<GatewayFacts>> {
  const { source, root: app, config } = project;
  if (config.gateway === false) return found<GatewayFacts>(undefined);
  const given = config.gateway?.env ?? {};
  for (const root of [...new Set([app, ''])].flatMap(at => DIRECTORIES.map(name => joinPath(at, name)))) {
    const paths = source.paths.filter(
      path => path.startsWith(joinPath(root, '')) && /^[^/]+\.template$/.test(path.slice(root.length + 1)),
    );
    const texts = await Promise.all(paths.map(async path => ({ path, text: (await source.read(path)) ?? '' })));
    const first = texts.find(({ text }) => /\bproxy_pass\b/.test(text));
    if (!first) continue;
    const all = texts.map(({ text }) => text).join('\n');
    const names = [...new Set([...all.matchAll(/\$\{([A-Z_][A-Z0-9_]*)\}/g)].map(match => match[1]!))];
    const values = names.flatMap(name => {
      const meaning = MEANINGS.find(([pattern]) => pattern.test(name));
      return meaning && !(name in given) ? [{ name, value: meaning[1] }] : [];
    });
    const unknown = names.find(name => !(name in given) && !values.some(value => value.name === name));
    if (unknown !== undefined) return failed(unknownVariable(unknown, first.path, first.text));
    return found({
      templates: { value: root, place: { file: first.path } },
      values,
      tls: /\blisten\b[^;]*\bssl\b/.test(all),
    });
  }
  return config.gateway === undefined ? found<GatewayFacts>(undefined) : failed(noTemplates(project));
}

function unknownVariable(name: string, path: string, text: string) {
  const data = { reason: 'unknown variable', variable: name, template: path } as const;
  return diagnose('QS311', data, { file: path, ...lineOf(text, `\${${name}}`) });
}

function noTemplates(project: Project) {
  return diagnose(
    'QS311',
    { reason: 'no templates', directories: DIRECTORIES },
    configPlace(project.origins, 'gateway'),
  );
}
