/** Containers of other images than the app's that its compose file runs for it, and that nothing here stands for. */
import { SERVICE_KINDS } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { LeftStep } from '../facts.js';
import { type AppCompose, readAppCompose, seenFromApp } from '../files/compose.js';
import type { ComposeService } from '../files/compose-service.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { programsOf, type RunProgram } from '../files/runners.js';
import { imageKind, readReference } from '../files/service-images.js';
import { readComposeCommand } from '../files/web-command.js';
import { FOR_PEOPLE } from './compose-services.js';
import { type Followed, isMigration } from './image-runs.js';
import { clipped, isNeedless, programWords } from './programs.js';

/** Images that do what they are told, and then end: languages, shells, clients of services. */
const TOOLS =
  /(^|\/)(python|uv|node|bun|alpine|busybox|debian|ubuntu|bash|buildpack-deps|curl|curlimages\/curl|mc|aws-cli|awscli|rclone|migrate|flyway|liquibase)$/;

/** Clients of services, which the services' own images have too. */
const CLIENTS =
  /^(psql|pg_restore|createdb|createuser|mysql|mariadb|mongo|mongosh|mongoimport|mongorestore|redis-cli|rabbitmqadmin|mc)$/;

/** What stands before an app, shows it to people, or builds it. */
const AROUND =
  /(^|[/._-])(nginx(-proxy)?|traefik|caddy|haproxy|httpd|envoy|proxy|certbot|letsencrypt|cloudflared|ngrok|watchtower|portainer|autoheal|redisinsight|redis-commander|mongo-express|kafdrop|kafka-ui|phppgadmin|dozzle|node)([/._:-]|$)/i;

/**
 * Finds, in the order of the file, what fills or prepares a service in an image of its own, and the servers that the app waits for, or is told
 * the address of, and that Quayside does not know.
 */
export async function leftContainers(followed: Followed): Promise<readonly LeftStep[]> {
  const compose = await readAppCompose(followed.project);
  const own = compose.services.filter(service => isBuiltFromApp(service, compose.root, compose.services));
  if (own.length === 0) return [];
  const started = new Set(own.flatMap(({ profiles }) => profiles ?? []));
  const others = compose.services.filter(
    service => !own.includes(service) && isForApp(service, followed) && isStarted(service, started),
  );
  return (await Promise.all(others.map(service => leftOf(service, own, compose, followed)))).flat();
}

/** Whether it is started whenever the app is, by its profiles. */
function isStarted({ profiles }: ComposeService, ofApp: ReadonlySet<string>): boolean {
  return profiles === undefined || profiles.some(profile => ofApp.has(profile));
}

function isForApp({ name, image, build }: ComposeService, { project }: Followed): boolean {
  const { services: configured, components } = project.config;
  const isConfigured = [configured, configured?.own, components].some(all => all && name.value in all);
  const isAround = [name.value, image?.value ?? ''].some(text => FOR_PEOPLE.test(text) || AROUND.test(text));
  return image !== undefined && build === undefined && !isConfigured && !isAround;
}

async function leftOf(
  service: ComposeService,
  own: readonly ComposeService[],
  compose: AppCompose,
  followed: Followed,
): Promise<readonly LeftStep[]> {
  const { name, image, command, entrypoint } = service;
  if (!image) return [];
  const { repository } = readReference(image.value);
  const written = entrypoint ?? command;
  const programs = written ? await programsIn(service) : [];
  const isTool = TOOLS.test(repository);
  const runs = programs.filter(run => isLeft(run, isTool, followed));
  if (runs.length > 0) {
    const value = clipped(withoutLogins([...new Set(runs.map(programWords))].join('; ')), 160);
    const why = `${name.value}, which the compose file runs beside the app, in the image ${repository}`;
    return [{ kind: 'start', value, place: seenFromApp(compose, (written ?? image).place), why }];
  }
  if (isTool || standsFor(image.value, followed) || !own.some(one => needs(one, name.value))) return [];
  return [{ kind: 'container', name: name.value, value: image.value, place: seenFromApp(compose, image.place) }];
}

/** Whether a service of an image is run here, or is told of elsewhere; any database stands for another. */
function standsFor(image: string, { facts: { services, absentServices = [] } }: Followed): boolean {
  const kind = imageKind(image);
  if (kind === undefined) return false;
  const isLike = (other: string) =>
    other === kind ||
    (SERVICES[kind].isDatabase && SERVICE_KINDS.some(one => one === other && SERVICES[one].isDatabase));
  return services.some(service => isLike(service.kind)) || absentServices.some(({ service }) => isLike(service));
}

/** Words without the names and passwords that addresses have, or options are given. */
function withoutLogins(text: string): string {
  return text
    .replace(/(:\/\/)[^\s/@]*@/g, '$1…@')
    .replace(/(--?(?:password|secret|token|access|user|login)[\w-]*[= ])\S+/gi, '$1…')
    .replace(/(\s-p)[^\s-]\S*/g, '$1…');
}

async function programsIn({ entrypoint, command }: ComposeService): Promise<readonly RunProgram[]> {
  const written = await Promise.all([entrypoint, command].flatMap(one => (one ? [readComposeCommand(one.value)] : [])));
  // A shell without a line of its own has that of the command.
  const [first, second] = written.map(({ commands }) => commands);
  const isShell = first?.length === 1 && /(^|\/)(ba|da|a)?sh$/.test(first[0]!.words[0]?.text ?? '');
  const lines =
    second && isShell ? [{ ...first[0]!, words: [...first[0]!.words, ...second[0]!.words] }] : (first ?? []);
  return (await Promise.all(lines.map(one => programsOf(one)))).flat();
}

/** Whether a program does something to a service: of a service's own image, what its client says. */
function isLeft(run: RunProgram, isTool: boolean, { facts }: Followed): boolean {
  const words = [run.program, ...run.args.map(({ text }) => text)];
  // Who logs in changes nothing, and is given a password.
  if (isNeedless(run) || isMigration(words, facts) || /^mc (alias|config)\b/.test(words.join(' '))) return false;
  return CLIENTS.test(run.program) ? /[=]|\s\S/.test(programWords(run)) : isTool;
}

/** Whether a service of the app starts behind another one, or has its name for the host of an address. */
function needs({ dependsOn, environment }: ComposeService, host: string): boolean {
  const named = new RegExp(`(^|//|[@,])${host.replace(/[.]/g, '\\.')}([:/,]|$)`);
  return (
    dependsOn.some(({ value }) => value === host) || environment.some(({ value }) => named.test(value.value ?? ''))
  );
}
