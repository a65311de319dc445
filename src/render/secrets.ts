/** Secrets of an app and its services: which there are, and what their files in production are made of. */
import { isApp, neededOf, portOf } from '../plan/look-up.js';
import { fillTemplate } from '../plan/template.js';
import type { Plan, Process, ServiceSpec, Template, Variable } from '../plan/types.js';

/**
 * Where the files lie. No image and no repository has the directory: its name begins as that of files with secrets does, and its own
 * .gitignore names all of it. Nobody but its owner enters it, and whoever containers run as reads what they are given of it.
 */
export const SECRETS = '.env.secrets';

/** Where the certificate of production and its key lie, `cert.pem` and `key.pem`. */
export const CERTIFICATES = 'certificates';

/** Where copies of volumes lie, one archive each, unless another place is named. */
export const BACKUP = 'backup';

/** Where containers find the files of their secrets. */
export const GIVEN_SECRETS = '/run/secrets';

/** What a file is made of: texts, and values of `.env`. */
export type SecretPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string };

/** A file with a secret. */
export interface SecretFile {
  readonly name: string;
  readonly parts: readonly SecretPart[];
  /** Whether a variable of `.env` with its name takes the place of all of it: the address of a service may be another one. */
  readonly isReplaced: boolean;
}

/** Variable of `.env` that the password of a service comes from. */
export function passwordVariable({ id }: Pick<ServiceSpec, 'id'>): string {
  return `${variablePrefix(id)}_PASSWORD`;
}

/** A name as those of variables begin. */
export function variablePrefix(id: string): string {
  return id.toUpperCase().replaceAll('-', '_');
}

/** Names of the secrets that a process of the app reads. */
export function secretsRead(plan: Plan, process: Pick<Process, 'role' | 'env'>): readonly string[] {
  if (!isApp(process)) return [];
  return plan.variables.flatMap(({ name, secret }) => (secret && !Object.hasOwn(process.env, name) ? [name] : []));
}

/** Names of what "make setup" makes up: passwords of services, and the app's own secrets but those that have to be of a kind, such as an address. */
export function generatedSecrets(plan: Plan): readonly string[] {
  const passwords = plan.services.filter(({ password }) => password !== undefined).map(passwordVariable);
  const own = ownSecrets(plan).filter(({ trial }) => trial === undefined);
  return [...new Set([...passwords, ...own.map(({ name }) => name)])];
}

/** Whether it is commonly given out by a service elsewhere, by its name. */
export function isGivenOut(name: string): boolean {
  return /(^|_)(API_?KEY|API_SECRET|ACCESS_KEY|CLIENT_SECRET|TOKEN)$/.test(name);
}

/** Names of the secrets that nothing works without: those that are made up, and those that are given. */
export function neededSecrets(plan: Plan): readonly string[] {
  return [...new Set([...generatedSecrets(plan), ...ownSecrets(plan).map(({ name }) => name)])];
}

function ownSecrets({ variables, processes }: Plan): readonly Variable[] {
  const own = new Set(processes.flatMap(({ secrets }) => secrets));
  return variables.filter(({ name, secret, trial }) => own.has(name) || (secret && trial !== undefined));
}

/** The files of production's secrets. */
export function secretFiles(plan: Plan): readonly SecretFile[] {
  const passwords = plan.services.flatMap((service): readonly SecretFile[] => {
    const { password, passwordFile } = service;
    if (password === undefined || passwordFile === undefined) return [];
    const content: Template = passwordFile.kind === 'settings' ? passwordFile.content : [{ kind: 'password' }];
    return [{ name: passwordVariable(service), parts: filled(plan, service.id, content), isReplaced: false }];
  });
  const addresses = new Map(
    plan.processes
      .filter(isApp)
      .flatMap(({ needs }) =>
        needs.flatMap(({ to, env }) =>
          Object.entries(env).map(([name, template]) => [name, filled(plan, to, template)] as const),
        ),
      ),
  );
  const names = new Set(plan.processes.flatMap(process => secretsRead(plan, process)));
  const own = [...names].map((name): SecretFile => {
    const parts = addresses.get(name);
    return { name, parts: parts ?? [{ kind: 'variable', name }], isReplaced: parts !== undefined };
  });
  return [...passwords, ...own];
}

/** A template with the password left open. */
function filled(plan: Plan, to: string, template: Template): readonly SecretPart[] {
  const needed = neededOf(plan, to);
  const filling = { host: to, port: String((needed && portOf(needed)) ?? ''), password: '' };
  return template.map(part =>
    part.kind === 'password'
      ? { kind: 'variable', name: passwordVariable({ id: to }) }
      : { kind: 'text', text: fillTemplate([part], filling) },
  );
}
