/** Messages about services. */

import { anyOf } from '../listing.js';
import { message } from '../message.js';
import { formatPlace, type Place } from '../place.js';

/** A declared dependency that talks to a service. */
export interface DriverNamed {
  readonly name: string;
  readonly place: Place;
}

/** Why there is no address of a service that the app needs. */
export interface NoServiceVariable {
  readonly service: string;
  /** The dependency that needs it; absent: the configuration asks for it. */
  readonly driver?: string;
  /** A variable that the code reads a part of the address from, when it reads no host. */
  readonly part?: string;
  /** A variable as most apps call it. */
  readonly example: string;
}

export const SERVICES_MESSAGES = {
  QS501: message<{ readonly drivers: readonly DriverNamed[]; readonly services: readonly string[] }>({
    title: 'More than one database driver',
    about: 'Drivers of several databases are main dependencies, and the code does not show which one is used.',
    words: ({ drivers, services }) => ({
      problem: `drivers of more than one database are installed: ${drivers.map(named).join(', ')}`,
      expected: `one of ${services.join(', ')}, or a variable for each`,
      fix: `write in quayside.yaml: services: { ${services[1]}: false } (or ${services[0]}: false)`,
    }),
  }),
  QS502: message<NoServiceVariable>({
    title: 'No variable for a service address',
    about:
      'A driver is installed, but the code reads no environment variable that could hold the address of the service.',
    words: ({ service, driver, part, example }) => {
      const needs = `the app needs ${service}${driver === undefined ? '' : ` (${driver} is installed)`}`;
      return part === undefined
        ? {
            problem: `${needs}, and reads no variable for its address`,
            expected: `code that reads a variable such as ${example} from the environment`,
            fix: `name it in quayside.yaml: services: { ${service}: { variable: NAME } }, or write ${service}: false`,
          }
        : {
            problem: `${needs}, and reads parts of its address (${part}), but no host`,
            expected: `code that reads the host from a variable, or the whole address from one such as ${example}`,
            fix: `read ${example} in the code, or write services: { ${service}: false } in quayside.yaml to do without`,
          };
    },
  }),
  QS503: message<{ readonly service: string }>({
    title: 'A configured service has no known driver',
    about:
      'A service is asked for in quayside.yaml, and neither a dependency nor the configuration says how the app reaches it.',
    words: ({ service }) => ({
      problem: `${service} is configured, and no dependency is a driver for it`,
      expected: 'a driver among the main dependencies, or the URL scheme the app expects',
      fix: `add the driver, or write services: { ${service}: { scheme: ... } } in quayside.yaml`,
    }),
  }),
  QS504: message<{
    readonly service: string;
    readonly drivers: readonly string[];
    readonly variable: string;
    /** Schemes of the first two drivers. */
    readonly schemes: readonly [string, string];
  }>({
    title: 'More than one driver for one database',
    about: 'Two drivers of the same database are installed and the code does not show which one the address must name.',
    words: ({ service, drivers, variable, schemes: [first, second] }) => ({
      problem: `${drivers.join(' and ')} are both installed, and the code does not show which one ${variable} names`,
      expected: `one driver for ${service}, or the scheme of its address`,
      fix: `write in quayside.yaml: services: { ${service}: { scheme: "${first}" } } (or "${second}")`,
    }),
  }),
  QS505: message<{
    /** Its key in quayside.yaml, and its name. */
    readonly service: string;
    readonly title: string;
    readonly client: DriverNamed;
    /** Names of what is run instead. */
    readonly run: readonly string[];
  }>({
    title: 'A service that Quayside does not run',
    about:
      'A client of a database, queue or search engine that Quayside has no image of is a main dependency, and the code uses it. `services: { NAME: false }` builds, tests and serves the app without one; `services: { NAME: { image, port, variable, value } }` runs it from an image. An app that only uses it when a variable is set is not asked.',
    words: ({ service, title, client: { name, place }, run }) => ({
      problem: `the app talks to ${title} (${name}, ${formatPlace(place)}), which Quayside does not run`,
      expected: `${anyOf(run)}, or an app that starts and is tested without it`,
      fix: `write in quayside.yaml: services: { ${service}: false } to go on without it, or services: { ${service}: { image, port, variable, value } } to run it from an image`,
    }),
  }),
} as const;

function named({ name, place }: DriverNamed): string {
  return `${name} (${formatPlace(place)})`;
}
