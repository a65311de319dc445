/** Checks of the services. */
import { isSecretTemplate } from './template.js';
import type { Plan, Probe, ServiceSpec } from './types.js';
import { isPort, relativePaths, settingNames } from './validate-parts.js';

/** What is wrong with the services of a plan. */
export function serviceProblems({ services }: Plan): readonly string[] {
  return services.flatMap(service => problemsOf(service));
}

function problemsOf(service: ServiceSpec): readonly string[] {
  const { id, env, password, ports, probe, data, tmp = [], profiles } = service;
  const owner = `service ${id}`;
  const memory = Object.values(profiles).flatMap(profile => profile?.memory ?? []);
  const twice = ports.filter((port, at) => ports.indexOf(port) !== at);
  return [
    ...(ports.length === 0 ? [`${owner} answers on no port`] : []),
    ...ports.filter(port => !isPort(port)).map(port => `${owner}: ${port} is no port`),
    ...twice.map(port => `${owner} answers twice on port ${port}`),
    ...settingNames(owner, [...Object.keys(env), ...(password === undefined ? [] : [password])]),
    ...(password !== undefined && password in env ? [`${owner}: its password ${password} has a fixed value`] : []),
    ...passwordFileProblems(owner, service),
    ...probeProblems(owner, probe, ports),
    ...relativePaths(owner, [...(data === undefined ? [] : [data]), ...tmp, ...memory]),
  ];
}

function passwordFileProblems(owner: string, { password, passwordFile, env }: ServiceSpec): readonly string[] {
  if (!passwordFile) return [];
  const none = password === undefined ? [`${owner} takes a password from a file, and has none`] : [];
  switch (passwordFile.kind) {
    case 'variable':
      return [
        ...none,
        ...settingNames(owner, [passwordFile.name]),
        ...(passwordFile.name in env ? [`${owner}: ${passwordFile.name} has a fixed value`] : []),
      ];
    case 'settings':
      return [
        ...none,
        ...relativePaths(owner, [passwordFile.path]),
        ...(isSecretTemplate(passwordFile.content) ? [] : [`${owner}: ${passwordFile.path} is without the password`]),
      ];
  }
}

/** What is wrong with how something says that it is ready; `ports` are those that it answers on. */
export function probeProblems(owner: string, probe: Probe, ports: readonly number[]): readonly string[] {
  switch (probe.kind) {
    case 'exec':
      return probe.check.args.length === 0 ? [`${owner}: its probe has no command`] : [];
    case 'tcp':
    case 'http':
      return [
        ...(ports.includes(probe.port) ? [] : [`${owner} is asked on port ${probe.port}, where it does not answer`]),
        ...(probe.kind === 'http' && !probe.path.startsWith('/')
          ? [`${owner}: ${probe.path} is no path of a URL`]
          : []),
      ];
  }
}
