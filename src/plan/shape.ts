/** The shape of a plan, for text that comes from elsewhere: what every part has to be before it can be looked at closer. */

/** Says what is wrong with a value at a path; nothing when it has the shape. */
type Shape = (value: unknown, path: string) => readonly string[];

const is =
  (what: string, test: (value: unknown) => boolean): Shape =>
  (value, path) =>
    test(value) ? [] : [`${path} is not ${what}`];

const text = is('a text', value => typeof value === 'string');
const flag = is('true or false', value => typeof value === 'boolean');
const count = is('a whole number', value => Number.isInteger(value));
const oneOf = (...words: readonly (string | number)[]) =>
  is(`one of ${words.join(', ')}`, value => words.includes(value as string));

const optional =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? [] : shape(value, path);

const list =
  (shape: Shape): Shape =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((item, at) => shape(item, `${path}[${at}]`)) : [`${path} is not a list`];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const record =
  (shape: Shape): Shape =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => shape(item, `${path}.${key}`))
      : [`${path} is not an object`];

const object =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, path) =>
    isObject(value)
      ? [
          ...Object.entries(shapes).flatMap(([key, shape]) => shape(value[key], `${path}.${key}`)),
          ...Object.keys(value).flatMap(key => (key in shapes ? [] : [`${path}.${key} is not known`])),
        ]
      : [`${path} is not an object`];

/** Objects told apart by their `kind`. */
const union =
  (kinds: Readonly<Record<string, Readonly<Record<string, Shape>>>>): Shape =>
  (value, path) => {
    const kind = isObject(value) ? value.kind : undefined;
    const shapes = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!shapes) return [`${path}.kind is not one of ${Object.keys(kinds).join(', ')}`];
    return object({ kind: text, ...shapes })(value, path);
  };

const words = list(text);
const texts = record(text);
const healthCheck = object({
  args: words,
  interval: text,
  timeout: text,
  startPeriod: text,
  startInterval: optional(text),
  retries: count,
});
const secrets = optional(list(object({ name: text, file: optional(text) })));
const caches = optional(list(object({ key: text, path: text })));
const fails = optional(
  union({
    packages: {},
    debian: {},
    app: {},
    lock: { file: text, command: text },
    unlocked: { file: text, command: text },
  }),
);
const fetches = optional(flag);
const probe = union({
  http: { port: count, path: text },
  tcp: { port: count },
  exec: { check: healthCheck },
});
const template = list(union({ text: { text }, host: {}, port: {}, password: {} }));
const needs = list(object({ to: text, env: record(template) }));
const profiles = (shapes: Readonly<Record<string, Shape>>) => {
  const profile = optional(object(shapes));
  return object({ test: profile, serve: profile, dev: profile, prod: profile });
};
const bench = { stage: text, workdir: text, needs, secrets: words, env: texts };

const step = union({
  copy: {
    from: union({
      source: { path: text, include: optional(words), exclude: optional(words) },
      stage: { stage: text, path: text, include: optional(words), exclude: optional(words) },
    }),
    to: text,
    owner: optional(text),
  },
  file: { file: text },
  script: {
    title: text,
    lines: words,
    debian: optional(words),
    caches,
    secrets,
    fails,
    fetches,
    tells: optional(text),
  },
  exec: { title: text, args: words, caches, secrets, fails, fetches },
  env: { values: texts },
  user: { user: text },
  workdir: { path: text },
  expose: { port: count },
  healthcheck: { check: healthCheck },
  entrypoint: { args: words, command: words },
  labels: { values: texts },
});

const plan = object({
  planVersion: oneOf(2),
  name: text,
  commonName: optional(flag),
  source: object({ gitignore: flag, exclude: words }),
  files: record(object({ path: text, content: text, mode: count })),
  images: record(object({ digest: optional(text), packages: optional(record(texts)) })),
  stages: list(
    object({
      id: text,
      base: union({ image: { reference: text }, stage: { stage: text } }),
      platform: oneOf('build', 'cross', 'target'),
      steps: list(step),
    }),
  ),
  services: list(
    object({
      id: text,
      image: text,
      env: texts,
      password: optional(text),
      passwordFile: optional(union({ variable: { name: text }, settings: { path: text, content: template } })),
      ports: list(count),
      probe,
      data: optional(text),
      tmp: optional(words),
      args: optional(words),
      files: words,
      seenByBrowsers: flag,
      profiles: profiles({ args: optional(words), memory: optional(words), files: optional(words) }),
    }),
  ),
  processes: list(
    object({
      id: text,
      role: oneOf('web', 'worker', 'frontend', 'gateway', 'assets'),
      only: optional(list(oneOf('test', 'serve', 'dev', 'prod'))),
      image: text,
      command: optional(words),
      port: optional(count),
      tls: optional(object({ certificates: text, plainPort: optional(count) })),
      portVariable: optional(text),
      probe,
      needs,
      after: words,
      migrates: flag,
      secrets: words,
      env: texts,
      volumes: words,
      reads: optional(words),
      alone: optional(flag),
      below: optional(text),
      security: object({ user: text, readOnly: flag, tmp: words }),
      stop: object({ signal: text, seconds: count }),
      profiles: profiles({
        image: optional(text),
        command: optional(words),
        mounts: optional(list(object({ path: text, to: text, keep: words }))),
        reloads: optional(flag),
        env: optional(texts),
        volumes: optional(words),
        originals: optional(list(object({ path: text, at: text }))),
        prepare: optional(words),
        debug: optional(object({ image: text, port: count })),
      }),
    }),
  ),
  front: text,
  suites: list(
    object({
      ...bench,
      id: text,
      kind: oneOf('unit', 'e2e', 'lint', 'typecheck', 'format', 'smoke'),
      tool: oneOf('pytest', 'unittest', 'django', 'playwright', 'command', 'start'),
      title: text,
      args: words,
      user: optional(text),
      migrates: flag,
      opens: optional(object({ processes: words, services: words, variable: text, url: text })),
      reports: optional(object({ directory: text, files: texts })),
      changes: optional(text),
      blocked: optional(object({ library: text, file: text, line: optional(count) })),
    }),
  ),
  shell: object({ ...bench, command: words }),
  migration: optional(object({ command: words, env: texts, failed: count })),
  sqlite: optional(flag),
  lock: optional(object({ stage: text, file: text, path: text })),
  openIndexes: optional(list(object({ host: text, file: text, line: optional(count), secrets: words }))),
  publish: optional(object({ address: optional(text), platforms: optional(words), tokenServer: optional(text) })),
  scan: optional(
    object({
      image: text,
      failOn: oneOf('critical', 'high', 'medium', 'low', 'negligible', 'never'),
      onlyFixed: flag,
      ignore: list(object({ id: text, package: optional(text), reason: text, expires: text })),
    }),
  ),
  variables: list(
    object({
      name: text,
      secret: flag,
      required: flag,
      default: optional(text),
      service: optional(text),
      trial: optional(text),
      developers: optional(text),
      given: optional(text),
      production: optional(text),
      read: list(object({ file: text, line: optional(count) })),
    }),
  ),
});

/** Says where a value is not what a plan is made of; nothing when all of it is. */
export function shapeProblems(value: unknown): readonly string[] {
  return plan(value, 'plan');
}
