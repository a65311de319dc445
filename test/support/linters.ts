/**
 * What others say of files that Quayside renders: each linter is a function from files to findings, nothing found is an empty list.
 *
 *     expect(await hadolint([join(dir, 'Dockerfile')])).toEqual([]);
 *     expect(await composeSchema(files)).toEqual([]);
 *
 * They need what `withoutPythonTools` (python-tools.ts) looks for, and fetch it when they are first used; no network after that: schemas come with them.
 */
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { goTool } from './go-tools.js';
import { kubernetesSchemas } from './kubernetes-schemas.js';
import { pythonTools } from './python-tools.js';

export interface LintFinding {
  readonly file: string;
  /** The line, or where in the document: `$.services.web`. */
  readonly at: string;
  /** The linter's name for what is wrong, or the schema's. */
  readonly rule: string;
  readonly message: string;
}

/** Rules that are not asked for, each with the reason. */
export type Except = Readonly<Record<string, string>>;

/** Runs a linter to its end; it fails when it finds something. @throws Error when it fails and `read` finds nothing in what it wrote */
async function lint(
  [program, ...args]: readonly [string, ...string[]],
  read: (stdout: string) => readonly LintFinding[],
): Promise<readonly LintFinding[]> {
  const { stdout, stderr, failed, message } = await execa(program, args, { stdin: 'ignore', reject: false });
  const findings = stdout.trim() === '' ? [] : read(stdout);
  if (failed && findings.length === 0) throw new Error(`${message}\n${stderr}`);
  return findings;
}

const python = async (program: string): Promise<string> => join(await pythonTools(), program);

/** Dockerfiles. */
export async function hadolint(files: readonly string[], except: Except = {}): Promise<readonly LintFinding[]> {
  type Found = { file: string; line: number; code: string; message: string };
  const ignore = Object.keys(except).map(code => `--ignore=${code}`);
  return lint([await python('hadolint'), '--format=json', ...ignore, ...files], stdout =>
    (JSON.parse(stdout) as Found[]).map(({ file, line, code, message }) => ({
      file,
      at: `${line}`,
      rule: code,
      message,
    })),
  );
}

/** Shell scripts; the dialect is what their first line says. */
export async function shellcheck(files: readonly string[], except: Except = {}): Promise<readonly LintFinding[]> {
  type Found = { comments: { file: string; line: number; code: number; message: string }[] };
  const exclude = Object.keys(except).map(code => `--exclude=${code}`);
  return lint([await python('shellcheck'), '--format=json1', ...exclude, ...files], stdout =>
    (JSON.parse(stdout) as Found).comments.map(({ file, line, code, message }) => ({
      file,
      at: `${line}`,
      rule: `SC${code}`,
      message,
    })),
  );
}

/**
 * yamllint's own defaults but for four: no tool needs the three dashes, lines are as long as code's, `on:` is what GitHub calls it, and one
 * blank before a version is what tools that keep versions new write.
 */
const YAML_RULES = `extends: default
rules:
  document-start: disable
  line-length: { max: 120, allow-non-breakable-words: true }
  truthy: { check-keys: false }
  comments: { min-spaces-from-content: 1 }
`;

/** YAML of any kind: its form. */
export async function yamllint(files: readonly string[]): Promise<readonly LintFinding[]> {
  return lint(
    [await python('yamllint'), '--strict', '--format=parsable', '--config-data', YAML_RULES, ...files],
    stdout =>
      stdout
        .trim()
        .split('\n')
        .map(said => {
          const [, file, line, message, rule] = /^(.+?):(\d+):\d+: \[\w+\] (.*?)(?: \(([\w-]+)\))?$/.exec(said)!;
          return { file: file!, at: line!, rule: rule ?? 'syntax', message: message! };
        }),
  );
}

/** Manifests of Kubernetes, each document against the API's schema; a kind that has none is a finding too, kustomization.yaml for one. */
export async function kubernetesSchema(files: readonly string[]): Promise<readonly LintFinding[]> {
  return lint([await python('kubernetes-validate'), '--strict', ...files], stdout =>
    stdout
      .split(/\n(?=(?:ERROR|WARN|INFO) )/)
      .filter(said => !said.startsWith('INFO '))
      .map(said => {
        const file = files.find(file => said.includes(` ${file} `)) ?? '';
        const [, resource = '$'] = /did not validate for resource (\S+) /.exec(said) ?? [];
        return { file, at: resource, rule: said.startsWith('WARN') ? 'no schema' : 'schema', message: said.trim() };
      }),
  );
}

/**
 * Manifests of Kubernetes, each document against the API's schemas of the oldest and the newest version that kubernetes-validate carries: what an old
 * cluster does not know, and what a new one has given up. Undefined where kubeconform has not been compiled (go-tools.ts).
 */
export async function kubeconform(files: readonly string[]): Promise<readonly LintFinding[] | undefined> {
  type Found = { resources: { filename: string; kind: string; name: string; status: string; msg: string }[] };
  const program = goTool('kubeconform');
  if (program === undefined) return undefined;
  const { location, versions } = await kubernetesSchemas();
  const found = versions.map(version => {
    const options = ['-strict', '-output=json', `-kubernetes-version=${version}`, `-schema-location=${location}`];
    return lint([program, ...options, ...files], stdout =>
      (JSON.parse(stdout) as Found).resources.map(({ filename, kind, name, msg }) => ({
        file: filename,
        at: `${kind.toLowerCase()}/${name}`,
        rule: `v${version}`,
        message: msg,
      })),
    );
  });
  return (await Promise.all(found)).flat();
}

/** Against a schema that check-jsonschema carries. */
async function builtIn(schema: string, files: readonly string[]): Promise<readonly LintFinding[]> {
  type Place = { path: string; message: string };
  type Found = {
    errors: (Place & { filename: string; best_deep_match?: Place })[];
    parse_errors?: { filename: string; message: string }[];
  };
  // GitLab's own tag in a list of words is none of YAML's.
  const transform = schema === 'gitlab-ci' ? ['--data-transform=gitlab-ci'] : [];
  const options = [
    `--builtin-schema=vendor.${schema}`,
    '--output-format=json',
    '--default-filetype=yaml',
    ...transform,
  ];
  return lint([await python('check-jsonschema'), ...options, ...files], stdout => {
    const { errors, parse_errors = [] } = JSON.parse(stdout) as Found;
    return [
      ...errors.map(({ filename, best_deep_match, ...found }) => {
        const { path, message } = best_deep_match ?? found;
        return { file: filename, at: path, rule: schema, message };
      }),
      ...parse_errors.map(({ filename, message }) => ({ file: filename, at: '$', rule: 'syntax', message })),
    ];
  });
}

/** Files of Compose, each by itself: the Compose specification's schema. */
export const composeSchema = (files: readonly string[]): Promise<readonly LintFinding[]> =>
  builtIn('compose-spec', files);

/** Workflows of GitHub Actions. */
export const githubSchema = (files: readonly string[]): Promise<readonly LintFinding[]> =>
  builtIn('github-workflows', files);

/** Pipelines of GitLab. */
export const gitlabSchema = (files: readonly string[]): Promise<readonly LintFinding[]> => builtIn('gitlab-ci', files);

/** Workflows of GitHub Actions: expressions, contexts, runners, scripts in them. Undefined where actionlint has not been compiled (go-tools.ts). */
export async function actionlint(files: readonly string[]): Promise<readonly LintFinding[] | undefined> {
  type Found = { filepath: string; line: number; kind: string; message: string };
  const program = goTool('actionlint');
  if (program === undefined) return undefined;
  const checker = await python('shellcheck');
  return lint([program, '-format={{json .}}', `-shellcheck=${checker}`, '-pyflakes=', ...files], stdout =>
    (JSON.parse(stdout) as Found[]).map(({ filepath, line, kind, message }) => ({
      file: files.find(file => resolve(file) === resolve(filepath)) ?? filepath,
      at: `${line}`,
      rule: kind,
      message,
    })),
  );
}

/** What an overlay or base of kustomize's makes, as one file of YAML. Undefined where kustomize has not been compiled (go-tools.ts). */
export async function kustomize(dir: string): Promise<string | undefined> {
  const program = goTool('kustomize');
  return program === undefined ? undefined : (await execa(program, ['build', dir])).stdout;
}
