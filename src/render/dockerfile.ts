/** The plan's stages as a Dockerfile: for BuildKit in Docker 20.10 and newer, and for buildah 1.28 and newer. */
import { foldSteps, type StepHandlers, type StepOf, stageInputs } from '../plan/fold.js';
import { imageAddress } from '../plan/look-up.js';
import type { CopySource, HealthCheck, Plan, Stage } from '../plan/types.js';
import { buildSecrets } from './build-secrets.js';
import { keeping, removing } from './patterns.js';
import { placeOf } from './places.js';
import { BROUGHT, HEADER, type Rendered, type RenderedSource } from './rendered.js';
import { wrapped } from './shell-lines.js';
import { commandsOf, inOneShell } from './shell-words.js';

/** Id of the stage with the source, of which others take what they need. */
const SOURCE = 'source';
const SOURCE_DIR = '/source';

/**
 * Writes the Dockerfile, and the files that its stages bring.
 * @param plan the plan; stages that only a trial start needs are left out
 * @param source what of the source it is for: files that the plan names and that are not there are not copied
 */
export function dockerfile(plan: Plan, source: RenderedSource): readonly Rendered[] {
  const stages = wantedStages(plan);
  const views = new Map<string, View>();
  const parts = stages.flatMap(stage => {
    const before = views.size;
    const text = renderStage(stage, { plan, source, views });
    return [...[...views.values()].slice(before).map(view => view.text), text];
  });
  const used = new Set(stages.flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'file' ? [step.file] : []))));
  return [
    {
      path: placeOf(source, 'Dockerfile'),
      text: [
        `# ${HEADER}\n`,
        usage(plan, placeOf(source, 'Dockerfile')),
        ...(views.size > 0 ? [sourceStage(plan, stages)] : []),
        ...parts,
      ].join('\n'),
    },
    ...[...used].sort().map((name): Rendered => {
      const { content, mode } = plan.files[name]!;
      return { path: broughtPath(name), text: content, ...((mode & 0o100) !== 0 && { executable: true }) };
    }),
  ];
}

/** The stages of images that run somewhere, with those that they are made of, in the plan's order. */
export function wantedStages({ stages, processes, suites, shell }: Plan): readonly Stage[] {
  const ids = new Set([
    ...processes.flatMap(({ image, profiles }) => [
      image,
      ...Object.values(profiles).flatMap(own => [own?.image ?? [], own?.debug?.image ?? []].flat()),
    ]),
    ...suites.filter(({ kind }) => kind !== 'smoke').map(({ stage }) => stage),
    shell.stage,
  ]);
  for (const stage of stages.toReversed())
    if (ids.has(stage.id)) for (const input of stageInputs(stage)) ids.add(input);
  return stages.filter(({ id }) => ids.has(id));
}

/** Where the content of a file of the plan lies beside the Dockerfile. */
function broughtPath(name: string): string {
  return `${BROUGHT}/image/${name}`;
}

function usage({ processes, stages }: Plan, path: string): string {
  const file = path === 'Dockerfile' ? '' : `--file ${path} `;
  const images = new Set(processes.filter(({ only }) => only === undefined).map(({ image }) => image));
  const targets = stages
    .filter(({ id }) => images.has(id))
    .map(({ id }) => {
      // Docker takes the variable of the same name.
      const secrets = buildSecrets({ stages }, id).map(name => `--secret id=${name} `);
      return `#   docker build ${file}${secrets.join('')}--target ${id} .\n`;
    });
  return `# Images that are published:\n${targets.join('')}`;
}

interface Rendering {
  readonly plan: Plan;
  readonly source: RenderedSource;
  /** What stages see of the source, by how that is selected. */
  readonly views: Map<string, View>;
}

/** A stage that holds what others copy of the source. */
interface View {
  readonly id: string;
  readonly text: string;
}

function sourceStage(plan: Plan, stages: readonly Stage[]): string {
  const [image = ''] = stages.flatMap(({ base }) => (base.kind === 'image' ? [base.reference] : []));
  return [
    '# The source, without what .dockerignore names; stages take of it what they need.\n',
    `FROM --platform=$BUILDPLATFORM ${imageAddress(plan, image)} AS ${SOURCE}\n`,
    `WORKDIR ${SOURCE_DIR}\n`,
    'COPY . .\n',
    `RUN rm -rf ${BROUGHT}\n`,
  ].join('');
}

function renderStage(stage: Stage, rendering: Rendering): string {
  const { base, platform, id, steps } = stage;
  const from = base.kind === 'stage' ? base.stage : imageAddress(rendering.plan, base.reference);
  const isNative = base.kind === 'image' && platform !== 'target';
  const told = platform === 'cross' ? 'ARG TARGETARCH\n' : '';
  const head = `FROM ${isNative ? '--platform=$BUILDPLATFORM ' : ''}${from} AS ${id}\n${told}`;
  const lines = foldSteps<readonly Instruction[]>(steps, handlers(stage, rendering), []);
  return `${head}${lines.map(({ comment, text }) => `${comment === undefined ? '' : `# ${comment}\n`}${text}\n`).join('')}`;
}

/** An instruction, and a line for people before it. */
interface Instruction {
  readonly text: string;
  readonly comment?: string;
  /** Of files that are brought: where they lie, by which they are put together. */
  readonly brings?: { readonly files: readonly string[]; readonly to: string; readonly mode: string };
}

function handlers(stage: Stage, rendering: Rendering): StepHandlers<readonly Instruction[]> {
  const add = (before: readonly Instruction[], text: string, comment?: string) => [
    ...before,
    comment === undefined ? { text } : { text, comment },
  ];
  return {
    copy: (before, step) => {
      const text = copy(stage, step, rendering);
      return text === undefined ? before : add(before, text);
    },
    file: (before, step) => bring(before, step, rendering.plan),
    script: (before, step) => add(before, run(step), inOneLine(step.title)),
    exec: (before, step) => add(before, run(step), inOneLine(step.title)),
    env: (before, { values }) => add(before, `ENV ${assignments(values)}`),
    user: (before, { user }) => add(before, `USER ${user}`),
    workdir: (before, { path }) => add(before, `WORKDIR ${path}`),
    expose: (before, { port }) => add(before, `EXPOSE ${port}`),
    healthcheck: (before, { check }) => add(before, healthcheck(check)),
    entrypoint: (before, { args, command }) =>
      add(before, `ENTRYPOINT ${JSON.stringify(args)}\nCMD ${JSON.stringify(command)}`),
    labels: (before, { values }) => add(before, `LABEL ${assignments(values)}`),
  };
}

function assignments(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value.replaceAll(/[\\"$]/g, '\\$&')}"`)
    .join(' \\\n    ');
}

/** What goes on in another line is no comment. */
const inOneLine = (title: string): string => title.replaceAll(/\s+/g, ' ');

/** What is copied where; names with blanks have a form of their own. */
function copied(options: string, from: readonly string[], to: string): string {
  const words = [...from, to];
  return `COPY ${options}${words.some(word => /\s/.test(word)) ? JSON.stringify(words) : words.join(' ')}`;
}

/** Without how often it is asked while the container starts: engines before 25 do not know that. */
function healthcheck({ args, interval, timeout, startPeriod, retries }: HealthCheck): string {
  const times = `--interval=${interval} --timeout=${timeout} --start-period=${startPeriod} --retries=${retries}`;
  return `HEALTHCHECK ${times} \\\n    CMD ${JSON.stringify(args)}`;
}

/** Files that go to the same place with the same rights are copied at once. */
function bring(before: readonly Instruction[], { file }: StepOf<'file'>, { files }: Plan): readonly Instruction[] {
  const { path, mode } = files[file]!;
  const at = path.lastIndexOf('/');
  const [to, name] = [path.slice(0, at + 1), path.slice(at + 1)];
  const rights = `0${mode.toString(8)}`;
  const last = before.at(-1);
  const keepsName = file.split('/').at(-1) === name;
  if (keepsName && last?.brings && last.brings.to === to && last.brings.mode === rights) {
    const brings = { ...last.brings, files: [...last.brings.files, broughtPath(file)] };
    return [...before.slice(0, -1), { text: bringText(brings), brings }];
  }
  if (!keepsName) return [...before, { text: `COPY --chmod=${rights} ${broughtPath(file)} ${path}` }];
  const brings = { files: [broughtPath(file)], to, mode: rights };
  return [...before, { text: bringText(brings), brings }];
}

function bringText({ files, to, mode }: NonNullable<Instruction['brings']>): string {
  return files.length === 1
    ? `COPY --chmod=${mode} ${files[0]} ${to}`
    : `COPY --chmod=${mode} \\\n    ${[...files, to].join(' \\\n    ')}`;
}

function run(step: StepOf<'script'> | StepOf<'exec'>): string {
  const mounts = [
    ...(step.caches ?? []).map(({ key, path }) => `--mount=type=cache,id=${key},target=${path}`),
    ...(step.secrets ?? []).map(({ name, file }) =>
      file === undefined ? `--mount=type=secret,id=${name}` : `--mount=type=secret,id=${name},target=${file}`,
    ),
  ];
  const given = (step.secrets ?? []).flatMap(({ name, file }) =>
    file === undefined
      ? [`if [ -f /run/secrets/${name} ]; then ${name}=$(cat /run/secrets/${name}); export ${name}; fi`]
      : [],
  );
  const commands = [...given, ...commandsOf(step)];
  // A command of several lines has no other form in a Dockerfile that engines without here-documents read.
  const text = commands.some(command => command.includes('\n'))
    ? JSON.stringify(['sh', '-ec', commands.join('\n')])
    : inShell(commands);
  return `RUN ${[...mounts, text].join(' \\\n    ')}`;
}

/** Commands as one shell runs them, over as many lines as they need. */
function inShell(commands: readonly string[]): string {
  return inOneShell(commands)
    .map(command => wrapped(command).join(' \\\n        '))
    .join('; \\\n    ');
}

/** Copies from other stages, and from the source by way of a stage that holds what is selected; nothing where nothing is there. */
function copy(stage: Stage, { from, to, owner }: StepOf<'copy'>, rendering: Rendering): string | undefined {
  const own = owner === undefined ? '' : `--chown=${owner} `;
  if (from.kind === 'stage' && from.include === undefined && from.exclude === undefined)
    return copied(`${own}--from=${from.stage} `, [from.path], to);
  if (from.kind === 'source') {
    const files = plainFiles(from, rendering.source);
    if (files) return files.length === 0 ? undefined : copied(own, files, `${to}/`);
  }
  const { id, path } = viewOf(stage, from, rendering);
  return copied(`${own}--from=${id} `, [path], to);
}

/** The files that a list of names selects, as they lie in the source; undefined where it selects by patterns or directories. */
function plainFiles({ path, include, exclude }: CopySource, { paths }: RenderedSource): readonly string[] | undefined {
  const prefix = path === '' ? '' : `${path}/`;
  if (include === undefined || (exclude ?? []).length > 0) return undefined;
  const isDirectory = (name: string) => paths.some(file => file.startsWith(`${prefix}${name}/`));
  if (include.some(name => /[*?[!/$]/.test(name) || isDirectory(name))) return undefined;
  return include.map(name => `${prefix}${name}`).filter(file => paths.includes(file));
}

/** The stage with the selected part of the source, or of another stage, and where it lies there. */
function viewOf(stage: Stage, from: CopySource, { views }: Rendering): { readonly id: string; readonly path: string } {
  const origin = from.kind === 'source' ? SOURCE : from.stage;
  const path = from.kind === 'source' ? (from.path === '' ? SOURCE_DIR : `${SOURCE_DIR}/${from.path}`) : from.path;
  if (from.include === undefined && (from.exclude ?? []).length === 0) return { id: origin, path };
  const key = JSON.stringify(from);
  const known = views.get(key);
  if (known) return { id: known.id, path };
  const taken = [...views.values()].map(view => view.id);
  const wanted = [`${stage.id}-source`, ...Array.from({ length: 9 }, (_, at) => `${stage.id}-source-${at + 2}`)];
  const id = wanted.find(candidate => !taken.includes(candidate)) ?? `${stage.id}-source-${taken.length}`;
  const commands = [
    ...(from.include ? keeping(from.include) : []),
    ...(from.exclude && from.exclude.length > 0 ? removing(from.exclude) : []),
  ];
  const text = [`FROM ${origin} AS ${id}\n`, `WORKDIR ${path}\n`, `RUN ${inShell(commands)}\n`].join('');
  views.set(key, { id, text });
  return { id, path };
}
