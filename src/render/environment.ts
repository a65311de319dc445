/** `.env.example`: every variable that the app and its services read, with what is known of it. */
import { listsHosts, startValue } from '../plan/look-up.js';
import type { Plan, Variable } from '../plan/types.js';
import { DEBUGGER } from './compose-development.js';
import { processesFor } from './compose-parts.js';
import { makeCommand, placeOf } from './places.js';
import { HEADER, type Rendered, type RenderedSource } from './rendered.js';
import { generatedSecrets, isGivenOut, variablePrefix } from './secrets.js';

/** Writes it: secrets without values, needed values as a trial has them, all others commented out. */
export function environmentExample(plan: Plan, source: RenderedSource): Rendered {
  const secrets = generatedSecrets(plan);
  const others = plan.variables.filter(({ name, service }) => !secrets.includes(name) && service === undefined);
  const needed = others.filter(variable => startValue(plan, variable) !== undefined);
  const optional = others.filter(variable => startValue(plan, variable) === undefined);
  const addresses = plan.variables.filter(({ name, service }) => !secrets.includes(name) && service !== undefined);
  const known = new Map(plan.variables.map(variable => [variable.name, variable]));
  const sections = [
    composed(source),
    section(`Secrets: "make setup" makes them up, and nothing works without them.${asked(secrets)}`, secrets, name => [
      ...about(plan, known.get(name)),
      `${name}=`,
    ]),
    section('Needed. What stands here is for a first start; production has values of its own.', needed, variable => [
      ...about(plan, variable),
      `${variable.name}=${quoted(startValue(plan, variable) ?? '')}`,
    ]),
    section('May be set.', optional, variable => [
      ...about(plan, variable),
      `#${variable.name}=${isKept(variable) ? '' : quoted(variable.given ?? variable.default ?? '').replaceAll('\n', '\n#')}`,
    ]),
    section(
      'Addresses of services: the compose files set them, and what is said here takes the place.',
      addresses,
      variable => [...about(plan, variable), `#${variable.name}=`],
    ),
    section(
      `Where it is reached on this machine: other ports, where these are taken. ${DEBUGGER} brings a debugger into development.`,
      ports(plan),
      given => [`#${given}`],
    ),
  ];
  return {
    path: placeOf(source, '.env.example'),
    text: `# ${HEADER}\n# "${makeCommand(source)} setup" copies this file to .env.\n${sections.join('')}`,
  };
}

/** What is made up opens nothing at whoever gives out keys. */
function asked(secrets: readonly string[]): string {
  return secrets.some(isGivenOut) ? ' Keys of services elsewhere are theirs to give: put them in its place.' : '';
}

/** Which files Compose takes when it is not told: none of these where people know it to take the app's own. */
function composed(source: RenderedSource): string {
  const [base, development, production] = (['compose.yaml', 'compose.dev.yaml', 'compose.prod.yaml'] as const).map(
    file => placeOf(source, file),
  );
  return base === 'compose.yaml'
    ? section(
        `What docker compose is for when it is not told: on a server ${base}:${production}.`,
        [`COMPOSE_FILE=${base}:${development}`],
        file => [file, 'COMPOSE_PATH_SEPARATOR=:'],
      )
    : '';
}

/** The variables of the compose files' own, as they are without being set. */
function ports(plan: Plan): readonly string[] {
  const services = plan.services.flatMap(({ id, ports }) => ports.map(port => ({ id, port })));
  const processes = processesFor(plan, 'dev').flatMap(({ id, port }) => (port === undefined ? [] : [{ id, port }]));
  const tls = processesFor(plan, 'prod').some(process => process.tls);
  return [
    ...[...services, ...processes].map(({ id, port }) => `${variablePrefix(id)}_PORT_${port}=${port}`),
    ...plan.processes.flatMap(({ profiles }) =>
      profiles.dev?.debug ? [`${DEBUGGER}=${profiles.dev.debug.port}`] : [],
    ),
    ...(tls ? ['HTTP_PORT=80', 'HTTPS_PORT=443'] : []),
  ];
}

function section<T>(title: string, items: readonly T[], linesOf: (item: T) => readonly string[]): string {
  return items.length === 0 ? '' : `\n## ${title}\n${items.map(item => `${linesOf(item).join('\n')}\n`).join('')}`;
}

/** Whether its default would be a secret that everybody can read in the source: it is not handed on as one. Addresses of services have others here. */
export function isKept({ secret, service }: Variable): boolean {
  return secret && service === undefined;
}

/** Where a variable is read, its service and its default. */
function about(plan: Plan, variable: Variable | undefined): readonly string[] {
  if (!variable) return [];
  const places = variable.read.map(({ file, line }) => (line === undefined ? file : `${file}:${line}`));
  const parts = [
    ...(places.length > 0 ? [`read in ${places.join(', ')}`] : []),
    ...(listsHosts(plan, variable) ? ['names of the site: others are refused'] : []),
    ...(variable.service === undefined ? [] : [`address of ${variable.service}`]),
    ...(isKept(variable) || (variable.default ?? '') === '' ? [] : [`default: ${variable.default}`]),
    ...(variable.given === undefined ? [] : [`given here, as the app's own deployment has it: ${variable.given}`]),
    ...(variable.production === undefined ? [] : [`in production: ${variable.production}`]),
  ];
  return parts.length > 0 ? [`# ${parts.join('; ').replaceAll(/[\r\n]+/g, ' ')}`] : [];
}

/** A value as compose and shells read it in such a file. */
function quoted(value: string): string {
  return /^[\w@%+:,./=-]*$/.test(value) ? value : `'${value.replaceAll("'", `\\'`)}'`;
}
