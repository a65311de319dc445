/** What Quayside knows of a service that apps talk to: one that it runs, or one that it can only name. */
import type { Supported } from '../supported.js';

/** Python packages that talk to a service, and how its address is spelt for them. */
export interface ServiceDriver {
  /** Package names, with an extra where only that brings the driver: `celery[redis]`. */
  readonly packages: readonly string[];
  /** URL scheme for SQLAlchemy. */
  readonly scheme: string;
  /** URL scheme where the library itself or a URL parser reads the address. */
  readonly plain: string;
  /** URL scheme of Django's URL parsers, where it differs from `plain`. */
  readonly django?: string;
  /** URL scheme of Tortoise ORM, where it differs from `plain`. */
  readonly tortoise?: string;
  /** When the package shows that the service is needed; absent: always. */
  readonly counts?: DriverCounts;
  /** The version of SQLAlchemy from which an address without a driver's name is read with another one; absent: it never was with this one. */
  readonly unnamedBefore?: string;
  /** The one kind of SQLAlchemy's engines that it is for; absent: both. */
  readonly engine?: 'sync' | 'async';
  /** Variables that the package reads an address from itself, before what the code says. */
  readonly reads?: readonly string[];
  /** Modules that the packages are imported as, where their names differ. */
  readonly modules?: readonly string[];
  /** The port that the package talks to, where that is not the service's first one. */
  readonly port?: number;
}

/**
 * When a package that can do without a service shows that it is needed:
 * - `read`: the code reads an address of the service;
 * - `used`: that, or a client is imported as soon as the app starts, or the code names the service;
 * - `with-client`: that, and a driver that always counts is there too, or a default in the code names the service: the package
 *   talks to it by another package only;
 * - `otherwise`: the code reads an address of the service, and nothing else that the package can talk to counts: it brings all
 *   that it takes for this one.
 */
export type DriverCounts = 'read' | 'used' | 'with-client' | 'otherwise';

/**
 * What a variable may hold of an address; `server` is `host:port`, `off` and `empty` are for what the service here does not have, `choice` by
 * which word the code chooses it, `sender` whom mail is from.
 */
export type AddressPart =
  | 'host'
  | 'port'
  | 'server'
  | 'user'
  | 'password'
  | 'database'
  | 'engine'
  | 'choice'
  | 'sender'
  | 'off'
  | 'empty';

/** An image that people run the service from. */
export interface ServiceImage {
  /** Its repository without the registry: `redis`, `bitnami/redis`. */
  readonly repository: string;
  /** Where its tags say the version of the service, in the first group; absent: at their beginning. */
  readonly version?: RegExp;
}

/** The service with an extension, from another image that is used in the same way. */
export interface ServiceVariant {
  readonly title: string;
  /** Image with its tag, in which `{version}` stands for the major version of the service. */
  readonly image: string;
  /** Images of compose files that are it, and are used as they are named there. */
  readonly repositories: readonly string[];
  /** Python packages that need it. */
  readonly packages: readonly string[];
  /** Texts in code that need it, such as the name of a backend; absent: none. */
  readonly texts?: RegExp;
  /** Scheme of Django's URL parsers, and backend of its databases, where the texts are found; absent: the service's own. */
  readonly django?: { readonly scheme: string; readonly engine: string };
}

/** What both kinds of services have. */
interface NamedService extends Supported {
  readonly rank: number;
  /** Whether it holds an app's tables: `DATABASE_URL` and the like are its. */
  readonly isDatabase: boolean;
}

/** A service that Quayside runs, from compose/NAME.yaml. Its name is its host name. */
export interface RunServiceDefinition extends NamedService {
  readonly run: true;
  /** What it is called among what an app may need, when that is not its title: `a mail server`. */
  readonly need?: string;
  /** What it does, after its title in the description of its key. */
  readonly does?: string;
  /** The drivers; the first that is a main dependency gives the scheme. */
  readonly drivers: readonly ServiceDriver[];
  /**
   * The service whose drivers talk to this one as well, and which is taken unless this one is asked for, by the configuration or
   * by the app's compose file.
   */
  readonly insteadOf?: string;
  /** Scheme of its address whatever talks to it: no driver has to be known. */
  readonly protocol?: string;
  /** Whether Python talks to it without any package: a variable alone shows that it is needed. */
  readonly needsNoDriver?: boolean;
  /** Names of variables that hold its address, best first. */
  readonly variables: readonly RegExp[];
  /** The name that messages give as an example of these. */
  readonly example: string;
  /** Schemes of URLs that point to it, for literal defaults in the code. */
  readonly schemes: RegExp;
  /** Beginnings of the names of variables that hold parts of its address. */
  readonly prefixes: readonly string[];
  /** Ends of such names beyond those that all services have, taken first. */
  readonly ends?: { readonly [P in AddressPart]?: readonly string[] };
  /** Settings of frameworks and libraries whose values say where it is. */
  readonly settings?: readonly ServiceSetting[];
  /** Whether it asks for neither a name nor a password here. */
  readonly isOpen: boolean;
  /** Programs that are its server, as a Procfile may start them. */
  readonly programs: readonly string[];
  /** Images of compose files that are this service; none: its version says nothing of the app. */
  readonly images: readonly ServiceImage[];
  /** The service with extensions; absent: there is only one. */
  readonly variants?: readonly ServiceVariant[];
  /** Backend of Django's databases for it. */
  readonly djangoEngine?: string;
  /** The package that people install for that engine; there where the engine is. */
  readonly djangoDriver?: string;
  /** Names of variables that are its own, whatever else they have in them: MONGO_DB_URL. */
  readonly own?: RegExp;
  /** Names of variables that look like its address, and are those of something else. */
  readonly notOf?: RegExp;
  /**
   * Whether an app that tests for its address goes without it here: it is one that apps use beside their own database. What the
   * deployment gives an address is run.
   */
  readonly goesWithout?: true;
  /** Variables beside its address that an app tests for having a value before it makes use of it: the name of a bucket. */
  readonly switches?: RegExp;
  /** Whether variables such as DATABASE_URL are its, in an app without a driver of another database. */
  readonly takesDatabase?: true;
  /** Whether its address never holds the name and the password that it asks for. */
  readonly loginApart?: true;
  /** Whether processes of one app can tell each other things by it. */
  readonly sharesMessages: boolean;
  /** Whether browser tests may look into it: it shows what the app does for people and no page does. */
  readonly seenByBrowsers: boolean;
}

/** A setting in the app's code: the variable that its value is read from may have any name. */
export interface ServiceSetting {
  /** A key of a mapping, or the name of what is given the value. */
  readonly key: string;
  /** A text that has to stand beside the key, as the name of a backend does; absent: the key says enough. */
  readonly beside?: RegExp;
  /** What the value is: the whole address, or a part of it. */
  readonly holds: AddressPart | 'address';
}

/** A service that is told of by name: Quayside has no image of it. */
export interface ForeignServiceDefinition extends NamedService {
  readonly run: false;
  /** Python packages that talk to it. */
  readonly packages: readonly string[];
  /** Modules that the packages are imported as, when their names differ. */
  readonly modules?: readonly string[];
  /** Names of variables that hold its address. */
  readonly variables: RegExp;
  /** Texts in settings that choose it, such as the name of a backend. */
  readonly texts: RegExp;
}

/** A service: run here, or known by name. */
export type ServiceDefinition = RunServiceDefinition | ForeignServiceDefinition;
