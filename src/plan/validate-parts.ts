/** Checks of the parts of a plan that others refer to: files, images, variables; and what several checks have in common. */

import { filesServed, neededOf, portOf } from './look-up.js';
import { isSecretTemplate } from './template.js';
import type { Need, Plan } from './types.js';

/** The words that are there more than once, each once. */
export function twice(words: readonly string[]): readonly string[] {
  return [...new Set(words.filter((word, at) => words.indexOf(word) !== at))];
}

/** Those of the paths that do not begin at the root, as problems of their owner. */
export function relativePaths(owner: string, paths: readonly string[]): readonly string[] {
  return paths.filter(path => !path.startsWith('/')).map(path => `${owner}: ${path} is not absolute`);
}

/** Names that no process could get as those of variables, as problems of their owner. */
export function variableNames(owner: string, names: readonly string[]): readonly string[] {
  return names.filter(name => !/^[A-Za-z_]\w*$/.test(name)).map(name => `${owner}: ${name} is no name of a variable`);
}

/** The same of a service, whose image may read settings by their dotted names: `discovery.type`. */
export function settingNames(owner: string, names: readonly string[]): readonly string[] {
  return names
    .filter(name => !/^[A-Za-z_][\w.-]*$/.test(name))
    .map(name => `${owner}: ${name} is no name of a variable`);
}

/** Whether a number is one of a port. */
export function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

/** What is wrong with what something needs. */
export function needProblems(plan: Plan, owner: string, needs: readonly Need[]): readonly string[] {
  return [
    ...twice(needs.map(({ to }) => to)).map(to => `${owner} needs ${to} twice`),
    ...needs.flatMap(({ to, env }) => {
      const needed = neededOf(plan, to);
      if (!needed) return [`${owner} needs ${to}, which is no service and no process`];
      const templates = Object.entries(env);
      const hasPassword = needed.kind === 'service' && needed.service.password !== undefined;
      return [
        ...variableNames(owner, Object.keys(env)),
        ...templates
          .filter(([, template]) => isSecretTemplate(template) && !hasPassword)
          .map(([name]) => `${owner}: ${name} holds the password of ${to}, which has none`),
        ...templates
          .filter(([, template]) => template.some(({ kind }) => kind === 'port') && portOf(needed) === undefined)
          .map(([name]) => `${owner}: ${name} holds the port of ${to}, which has none`),
      ];
    }),
  ];
}

/** What is wrong with the secrets of something. */
export function secretProblems(plan: Plan, owner: string, names: readonly string[]): readonly string[] {
  const secrets = new Set(plan.variables.filter(({ secret }) => secret).map(({ name }) => name));
  return names.filter(name => !secrets.has(name)).map(name => `${owner}: ${name} is no secret variable of the plan`);
}

/** What is wrong with the files and images of the plan. */
export function fileProblems(plan: Plan): readonly string[] {
  const steps = plan.stages.flatMap(stage => stage.steps);
  const files = new Set([
    ...steps.flatMap(step => (step.kind === 'file' ? [step.file] : [])),
    ...plan.services.flatMap(filesServed),
  ]);
  const images = new Set([
    ...plan.stages.flatMap(({ base }) => (base.kind === 'image' ? [base.reference] : [])),
    ...plan.services.map(({ image }) => image),
    ...(plan.scan ? [plan.scan.image] : []),
  ]);
  return [
    ...[...files].filter(name => !Object.hasOwn(plan.files, name)).map(name => `${name} is no file of the plan`),
    ...Object.keys(plan.files).flatMap(name => (files.has(name) ? [] : [`nothing brings the file ${name}`])),
    ...Object.entries(plan.files).flatMap(([name, { path, mode }]) => [
      ...relativePaths(`file ${name}`, [path]),
      ...(mode < 0 || mode > 0o7777 ? [`file ${name}: ${mode} are no permissions`] : []),
    ]),
    ...[...images].filter(name => !Object.hasOwn(plan.images, name)).map(name => `${name} is no image of the plan`),
    ...Object.keys(plan.images).flatMap(name => (images.has(name) ? [] : [`nothing starts from the image ${name}`])),
    ...Object.entries(plan.images).flatMap(([name, { digest }]) =>
      digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest) ? [] : [`image ${name}: ${digest} is no digest`],
    ),
  ];
}

/** What is wrong with the variables of the plan. */
export function variableProblems({ variables, services }: Plan): readonly string[] {
  const names = variables.map(({ name }) => name);
  return [
    ...twice(names).map(name => `the variable ${name} is there twice`),
    ...variableNames('the plan', names),
    ...variables.flatMap(({ name, service }) =>
      service === undefined || services.some(({ id }) => id === service)
        ? []
        : [`the variable ${name} holds an address of ${service}, which is no service`],
    ),
  ];
}
