/** The parts of a Makefile that write `.env` and, of that, the files with production's secrets. No value is an argument of a program. */
import type { Plan } from '../plan/types.js';
import { placeOf } from './places.js';
import type { RenderedSource } from './rendered.js';
import { passwordVariable, SECRETS, type SecretFile, type SecretPart, secretFiles } from './secrets.js';

/** The file as a Makefile calls it. */
export const ENV = '$(ENV)';

/**
 * Which file it is. One that git keeps is the app's own: no place for secrets, and what it says of a developer's machine holds in no container. So is
 * a directory of that name.
 */
export const ENV_CHOICE = [
  '# The settings: beside a .env that git keeps, which is no place for secrets.',
  'ENV := $(if $(or $(shell git ls-files .env 2>/dev/null),$(wildcard .env/.)),.env.quayside,.env)',
  'COMPOSE = docker compose$(if $(filter .env,$(ENV)),, --env-file $(ENV))',
];

/** How `.env` is written: readable for its owner alone. What stands in it stays, and what it lacks is added. */
export function environmentRecipe(plan: Plan, source: RenderedSource): string {
  return `${ENV}:
	@umask 077; new=$$([ -s ${ENV} ] || echo yes); : >> ${ENV}; \\
	[ -z "$$(tail -c 1 ${ENV} 2>/dev/null)" ] || echo >> ${ENV}; \\
	while IFS= read -r line; do \\
	  case $$line in \\
	    ''|\\#*) [ -n "$$new" ] || continue ;; \\
	    *) ! grep -q "^$$\{line%%=*}=" ${ENV} || continue ;; \\
	  esac; \\
	  for name in $(SECRETS); do \\
	    [ "$$line" != "$$name=" ] || case $$name in \\
${madeUp(plan)}	      *) line="$$line$$(head -c 32 /dev/urandom | base64 | tr '+/' xx)" ;; \\
	    esac; \\
	  done; \\
	  printf '%s\\n' "$$line" >> ${ENV}; \\
	done < ${placeOf(source, '.env.example')}; \\
	for own in UID=$$(id -u) GID=$$(id -g); do grep -q "^$$\{own%%=*}=" ${ENV} || echo $$own >> ${ENV}; done
	@! git rev-parse > /dev/null 2>&1 || git check-ignore -q ${ENV} || echo 'Add ${ENV} to .gitignore: it holds secrets.'
${onThisMachine(plan)}`;
}

/**
 * Passwords of services stand in addresses. Code takes other secrets apart, and finds what it looks for: a Fernet key as well, and Base64 of 32 bytes,
 * whichever of its alphabets is meant.
 */
function madeUp({ services }: Plan): string {
  const passwords = services.filter(({ password }) => password !== undefined).map(passwordVariable);
  if (passwords.length === 0) return '';
  return `\t      ${passwords.join('|')}) line="$$line$$(od -An -N24 -tx1 /dev/urandom | tr -d ' \\n')" ;; \\\n`;
}

/** What a developer's own file may say from before: in a container its machine's services are not at that address. */
function onThisMachine({ variables }: Plan): string {
  const addresses = variables.filter(({ service }) => service !== undefined).map(({ name }) => name);
  if (addresses.length === 0) return '';
  const found = `grep -nE '^(${addresses.join('|')})=.*(localhost|127\\.0\\.0\\.1)' ${ENV}`;
  const said = 'These lead to the container itself. Without these lines the services of the compose files are used.';
  return `\t@! ${found} || \\
	  echo '${said}'\n`;
}

/** Writes the files anew. A value in `.env` may stand in quotes. Nobody but the owner enters the directory; who containers run as reads its files. */
export function secretsRecipe(plan: Plan): readonly string[] {
  const files = secretFiles(plan);
  if (files.length === 0) return [];
  const recipe = [
    `secrets: ${ENV} ## Write what production reads of .env; make prod does it as well`,
    `\t@umask 022; mkdir -p ${SECRETS} && chmod 700 ${SECRETS} && echo '*' > ${SECRETS}/.gitignore; \\`,
    `\tvalue() { sed -n "s/^$$1=//p" ${ENV} | tail -n 1 | sed "s/^\\(['\\"]\\)\\(.*\\)\\1\\$$/\\2/"; }; \\`,
    `\tfor name in $(SECRETS); do [ -n "$$(value $$name)" ] || { echo "$$name is not set in ${ENV}" >&2; exit 1; }; done; \\`,
    ...(files.some(({ isReplaced }) => isReplaced) ? [GIVEN] : []),
    `\t${files.map(written).join('; \\\n\t')}\n`,
  ];
  return [recipe.join('\n')];
}

/** What a variable of `.env` says, else the text beside it. */
const GIVEN = `\tgiven() { if [ -n "$$(value $$1)" ]; then value $$1 | tr -d '\\n'; else printf '%s' "$$2"; fi; }; \\`;

/** The command that writes a file. */
function written({ name, parts, isReplaced }: SecretFile): string {
  const text = parts.map(inQuotes).join('');
  const last = parts.at(-1);
  const end = last?.kind === 'text' && last.text.endsWith('\n') ? '\\n' : '';
  return `${isReplaced ? `given ${name}` : `printf '%s${end}'`} "${text}" > ${SECRETS}/${name}`;
}

/** A part inside of double quotes of a shell, in a line of a Makefile. */
function inQuotes(part: SecretPart): string {
  if (part.kind === 'variable') return `$$(value ${part.name})`;
  return part.text
    .replaceAll(/["\\`$]/g, '\\$&')
    .replaceAll('$', '$$$$')
    .replace(/\n$/, '');
}
