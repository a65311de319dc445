/** The URL scheme of a service's address, as whatever reads the address in the app expects it. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace, type Origins } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Framework } from '../../support/frameworks/index.js';
import type { ServiceKind } from '../../support/run-services.js';
import type { RunServiceDefinition } from '../../support/services/definition.js';
import { SERVICES } from '../../support/services/index.js';
import { hasToBeNamed } from '../../support/services/shared/named-drivers.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import { callsIn, type PythonModule, qualify } from '../code/module.js';
import { asGiven } from '../files/deployment.js';
import { pointsTo } from './addresses.js';
import type { Installed } from './drivers.js';
import type { ServiceRead } from './setting-reads.js';
import { schemeIn } from './url-scheme.js';

/** What the scheme of a service's address depends on. */
export interface SchemeContext {
  readonly origins: Origins;
  readonly kind: ServiceKind;
  /** Drivers of the service, those that fit the app's engine. */
  readonly drivers: readonly Installed[];
  readonly variable: Sourced<string>;
  readonly reads: readonly ServiceRead[];
  readonly framework: Framework | undefined;
  /** What maps objects to its tables, where that reads the address. */
  readonly mapper?: 'sqlalchemy' | 'tortoise' | undefined;
  readonly modules: readonly PythonModule[];
  /** The version of SQLAlchemy that is installed, where a lock or a pin says so. */
  readonly sqlalchemy?: string | undefined;
  /** Scheme of Django's URL parsers for what the app needs of the service beyond the usual. */
  readonly djangoScheme?: string;
}

/** Finds it: that of the variable's own value, else that of the driver, else the service's only one. */
export function schemeOf(context: SchemeContext): Finding<Sourced<string>> {
  const { kind, drivers, variable, reads } = context;
  const service = SERVICES[kind];
  const written = writtenScheme(service, variable.value, reads);
  if (written) return found(withDriver(written, context));
  const [first, second] = drivers;
  if (!first && service.protocol !== undefined)
    return found({ value: service.protocol, place: variable.place, why: 'its protocol' });
  if (!first) return failed(diagnose('QS503', { service: kind }, configPlace(context.origins, `services.${kind}`)));
  const scheme = spelling(first, context);
  const other = second && spelling(second, context);
  if (other !== undefined && other !== scheme) {
    const inCode = schemeInCode(service, context.modules);
    if (inCode) return found(inCode);
    const names = drivers.map(({ dependency }) => dependency.name);
    const data = { service: kind, drivers: names, variable: variable.value, schemes: [scheme, other] as const };
    return failed(diagnose('QS504', data, first.dependency.place));
  }
  return found({ value: scheme, place: first.dependency.place, why: `driver ${first.dependency.name}` });
}

/**
 * A written scheme, with the driver where it names none and SQLAlchemy would look for one that is not there: what it takes unless told
 * otherwise has changed. Code that connects with the driver itself, or that names one in the address, gets the address as it is written.
 */
function withDriver(written: Sourced<string>, context: SchemeContext): Sourced<string> {
  const { drivers, mapper, framework, sqlalchemy, modules, kind } = context;
  const [only, another] = drivers;
  if (mapper !== 'sqlalchemy' || frameworkOf(framework).spelling === 'django') return written;
  if (only === undefined || another || written.value.includes('+') || !hasToBeNamed(only.driver, sqlalchemy))
    return written;
  const inCode = schemesInCode(SERVICES[kind], modules).flatMap(({ found: own }) => own);
  if (inCode.some(name => name.includes('+')) || connectsItself(only, modules)) return written;
  return { ...written, value: only.driver.scheme, why: `driver ${only.dependency.name}` };
}

/**
 * The scheme of a further variable. The address that only tests have, `TEST_DATABASE_URL` beside `DATABASE_URL`, is read as the app's is:
 * it has that one's driver where it names none, since only a driver that is not asynchronous does without its name.
 */
export function furtherScheme(
  written: Sourced<string> | undefined,
  variable: string,
  { variable: first, installed }: Pick<SchemeContext, 'variable'> & { readonly installed: readonly Installed[] },
  main: Sourced<string>,
): Sourced<string> {
  if (written === undefined) return schemeByName(variable, installed, main) ?? main;
  const isForTests = FOR_TESTS.test(variable) && variable.replace(FOR_TESTS, '') === first.value;
  const lacksDriver =
    main.value.startsWith(`${written.value}+`) && installed.every(({ driver }) => driver.engine === 'async');
  return isForTests && lacksDriver ? main : written;
}

/** The scheme with the driver that a name asks for: `DATABASE_URL_SYNC` beside an address for asyncpg. */
function schemeByName(
  variable: string,
  installed: readonly Installed[],
  main: Sourced<string>,
): Sourced<string> | undefined {
  const engine = /(^|_)(A?SYNC)(?=_|$)/.exec(variable)?.[2]?.toLowerCase();
  if (engine === undefined || !main.value.includes('+')) return undefined;
  const fitting =
    installed.find(({ driver }) => driver.engine === engine) ??
    installed.find(({ driver }) => driver.engine === undefined);
  return (
    fitting && {
      value: fitting.driver.scheme,
      place: fitting.dependency.place,
      why: `driver ${fitting.dependency.name}, as its name says`,
    }
  );
}

/** Words in a name that say that a variable is for tests. */
export const FOR_TESTS = /^TEST(ING|S)?_|_TEST(ING|S)?(?=_|$)/;

function connectsItself({ driver }: Installed, modules: readonly PythonModule[]): boolean {
  const calls = driver.packages.map(name => `${name}.connect`);
  return modules.some(
    module =>
      !module.isTest &&
      module.statements.some(({ tokens }) =>
        callsIn(tokens).some(({ callee }) => calls.includes(qualify(module, callee))),
      ),
  );
}

/** Migrations bend the address to a driver of their own. */
const AROUND = /(^|\/)(migrations|alembic|scripts)\//;

/**
 * The scheme that the code expects of an address, where it says so: the one that it puts another in the place of, else the only one with
 * a driver that it writes an address with.
 */
function schemeInCode(service: RunServiceDefinition, modules: readonly PythonModule[]): Sourced<string> | undefined {
  const written = schemesInCode(service, modules);
  const replacing = written.find(({ isReplaced, found: pair }) => isReplaced && pair.length === 2);
  if (replacing) {
    const [before, after] = replacing.found as [string, string];
    return { value: after.includes('+') ? before : after, place: replacing.place, why: 'as the code expects it' };
  }
  const withDriver = written.filter(({ found: own }) => own.some(scheme => scheme.includes('+')));
  const values = new Set(withDriver.flatMap(({ found: own }) => own.filter(scheme => scheme.includes('+'))));
  const [value] = values;
  return value === undefined || values.size > 1
    ? undefined
    : { value, place: withDriver[0]!.place, why: 'as the code writes addresses' };
}

/** The schemes of a service in each statement of the app's own code. */
function schemesInCode({ schemes }: RunServiceDefinition, modules: readonly PythonModule[]) {
  return modules
    .filter(({ isTest, path }) => !isTest && !AROUND.test(path))
    .flatMap(({ path, statements }) =>
      statements.map(({ tokens, line }) => ({
        place: { file: path, line },
        isReplaced: tokens.some(({ text }) => text === 'replace'),
        found: tokens
          .flatMap(({ kind, text }) => (kind === 'string' ? (schemeIn(text) ?? []) : []))
          .filter(scheme => schemes.test(scheme)),
      })),
    );
}

/** The scheme that the deployment gives a variable, else that of its default in the code. */
export function writtenScheme(
  service: RunServiceDefinition,
  variable: string,
  reads: readonly ServiceRead[],
): Sourced<string> | undefined {
  const own = reads.filter(({ name }) => name === variable);
  const given = own[0]?.given;
  const scheme = schemeIn(given?.value);
  if (given && scheme !== undefined && service.schemes.test(scheme))
    return { value: scheme, place: given.place, why: asGiven(given) };
  const literal = own.find(read => pointsTo(service, read));
  if (!literal) return undefined;
  const place = { file: literal.path, line: literal.line };
  return { value: schemeIn(literal.fallback)!, place, why: `default of ${literal.name}` };
}

function spelling({ driver }: Installed, { framework, mapper, djangoScheme }: SchemeContext): string {
  if (frameworkOf(framework).spelling === 'django') return djangoScheme ?? driver.django ?? driver.plain;
  if (mapper === 'tortoise') return driver.tortoise ?? driver.plain;
  return mapper === 'sqlalchemy' ? driver.scheme : driver.plain;
}
