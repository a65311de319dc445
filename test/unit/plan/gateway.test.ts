/** nginx in front of the app's servers: found by its templates, filled in for a trial run. */
import { describe, expect, test } from 'vitest';
import { neededOf, portOf } from '../../../src/plan/look-up.js';
import { fillTemplate } from '../../../src/plan/template.js';
import type { Plan, Process } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, FASTAPI, type Files, withFiles } from '../detect/apps.js';

const TEMPLATE = [
  'upstream backend { server ${BACKEND}; }',
  'server {',
  '  listen ${HTTPS_PORT} ssl;',
  '  server_name ${SERVER_NAME};',
  '  ssl_certificate ${CERTIFICATES}/cert.pem;',
  '  client_max_body_size ${BODY_SIZE};',
  '  location / { proxy_pass ${FRONTEND_URL}; proxy_set_header Host $host; }',
  '}',
].join('\n');
const CONFIG = 'gateway: { env: { BODY_SIZE: 10m } }\n';
const NEXT: Files = {
  'web/package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '15' } }),
  'web/package-lock.json': '{}',
  'web/next.config.mjs': "export default { output: 'standalone' };\n",
};

async function planOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(withFiles(FASTAPI, files));
  expect(diagnostics).toEqual([]);
  return makePlan(facts!, facts && files['quayside.yaml'] ? { gateway: { env: { BODY_SIZE: '10m' } } } : {});
}

/** The variables that tell a process where what it needs is. */
function addresses(plan: Plan, { needs }: Process): Record<string, string> {
  return Object.fromEntries(
    needs.flatMap(({ to, env }) => {
      const needed = neededOf(plan, to)!;
      const filling = { host: to, port: `${portOf(needed)}`, password: '' };
      return Object.entries(env).map(([name, template]) => [name, fillTemplate(template, filling)]);
    }),
  );
}

describe('with TLS, in front of a frontend’s server', () => {
  const files = { ...NEXT, 'nginx/site.conf.template': TEMPLATE, 'quayside.yaml': CONFIG };

  test('variables get what their names say, and what is configured', async () => {
    const plan = await planOf(files);
    const gateway = plan.processes.find(({ role }) => role === 'gateway')!;
    expect(gateway.after).toEqual(['web', 'frontend']);
    expect(plan.front).toBe(gateway.id);
    expect({ ...gateway, env: { ...gateway.env, ...addresses(plan, gateway) } }).toMatchObject({
      role: 'gateway',
      port: 8443,
      env: {
        BACKEND: 'web:8000',
        FRONTEND_URL: 'http://frontend:3000',
        HTTPS_PORT: '8443',
        SERVER_NAME: 'gateway',
        CERTIFICATES: '/etc/nginx/certificates',
        BODY_SIZE: '10m',
      },
    });
  });

  test('the certificate of trial runs is not in the image that is published', async () => {
    const { stages, processes } = await planOf(files);
    const { image, profiles } = processes.find(({ role }) => role === 'gateway')!;
    const stepsOf = (id: string | undefined) => JSON.stringify(stages.find(found => found.id === id)!.steps);
    expect(stepsOf(profiles.test?.image)).toContain('trial-certificate');
    expect(stepsOf(image)).not.toContain('certificate');
  });
});

test('without TLS there is no certificate, and no frontend’s server means the app', async () => {
  const template = 'server {\n  listen ${PORT};\n  location / { proxy_pass http://${FRONTEND}; }\n}\n';
  const plan = await planOf({ 'deploy/nginx/default.conf.template': template });
  const gateway = plan.processes.find(({ role }) => role === 'gateway')!;
  expect(gateway).toMatchObject({ image: 'gateway', port: 8080, env: { PORT: '8080' } });
  expect(gateway.profiles.test?.image).toBeUndefined();
  expect(addresses(plan, gateway)).toEqual({ FRONTEND: 'web:8000', QUAYSIDE_FOLLOWED_WEB: 'web' });
  expect(plan.stages.map(({ id }) => id)).not.toContain('trial-certificate');
});

test.each<readonly [string, Files]>([
  ['a template that passes nothing on', { 'nginx/default.conf.template': 'server { root /srv; }\n' }],
  ['a gateway that is turned off', { 'nginx/a.template': TEMPLATE, 'quayside.yaml': 'gateway: false\n' }],
])('%s is none', async (_, files) => {
  expect((await detectFiles(withFiles(FASTAPI, files))).facts!.gateway).toBeUndefined();
});

test('a gateway that is configured needs templates', async () => {
  const { diagnostics } = await detectFiles(withFiles(FASTAPI, { 'quayside.yaml': CONFIG }));
  expect(diagnostics).toMatchObject([{ code: 'QS311', place: { key: 'gateway' } }]);
});
