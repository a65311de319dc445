/** What detection knows about an app, every fact with the place it was read from. Plain data. */
import type { Place } from '../diagnostics/place.js';
import type { UnreadFile } from '../source/readable.js';
import type { Sourced } from '../source/sourced.js';
import type { AppObject } from '../support/app-object.js';
import type { Framework } from '../support/frameworks/index.js';
import type { DebianPackage } from '../support/native/definition.js';
import type { RunServerKind } from '../support/run-servers.js';
import type { ServiceKind } from '../support/run-services.js';
import type { AddressPart } from '../support/services/definition.js';
import type { KnownService } from '../support/services/index.js';
import type { FrontendFacts } from './frontend-facts.js';
import type { OwnPackage, PythonFacts } from './python-facts.js';
import type { NodeSuiteFacts, SuiteFacts } from './suite-facts.js';
import type { AppVariable, GivenValue, NeededVariable } from './variable-facts.js';

export type { BakedVariable, FrontendFacts, GivenVariable, NodeProject, PlacedFiles } from './frontend-facts.js';
export type { BuildSecret, IndexAddress, OpenIndexFact, OwnPackage, PythonFacts } from './python-facts.js';
export type { BrowserVariable, NodeSuiteFacts, SuiteFacts, SuiteName } from './suite-facts.js';
/** What a service's definition calls it, what variables may hold of its address, and what is known of variables. */
export type { AddressPart, AppVariable, GivenValue, NeededVariable, ServiceKind };

/** The object that serves requests. */
export interface EntryPoint extends AppObject {
  /** The module with the project's settings, for a framework that has one, when the project names it. */
  readonly settings?: Sourced<string>;
  /** A variable of the app's own that chooses that module, which is then left to it. */
  readonly settingsChosenBy?: string;
}

/** How the server's workers work. */
export interface ServerFacts {
  /** Class of the server's workers, when it is not the one that the image's own settings name. */
  readonly workerClass?: Sourced<string>;
  /** Why there is only one worker. */
  readonly single?: Sourced<string>;
  /** Where it keeps connections open. */
  readonly streams?: Sourced<string>;
  /** Number of workers that the app's own command asks for. */
  readonly count?: Sourced<string>;
  /** Options of that command which say how the app is served, as words. */
  readonly options?: Sourced<readonly string[]>;
  /** Its options that only suit the place they were written for. */
  readonly leftOut?: Sourced<readonly string[]>;
  /** Options of the image's own start that the server's version does not have yet. */
  readonly lacks?: Sourced<readonly string[]>;
  /** The app's own settings of the server. */
  readonly conf?: Sourced<string>;
}

/** The command that starts a web process whose server is none that is known. */
export interface CommandFacts {
  readonly command: Sourced<readonly string[]>;
  /** The port that it answers on; absent: the one that it is told by PORT. */
  readonly port?: Sourced<string>;
}

/** A server's package that no dependency brings: it is installed beside them. */
export interface BroughtServer {
  readonly kind: RunServerKind;
  readonly version: Sourced<string>;
}

/** A variable that the code reads one part of an address from. */
export interface ServicePart {
  readonly part: AddressPart;
  readonly variable: Sourced<string>;
  /** How the code writes "off", or what it chooses the service by, where that is in words: `False`, `postgres`. */
  readonly word?: string;
}

/** A variable that a whole address is read from. */
export interface ServiceAddress {
  readonly variable: Sourced<string>;
  /** URL scheme with the driver, such as `mysql+pymysql` or `redis`. */
  readonly scheme: Sourced<string>;
}

/** A service with an extension. */
export interface ServiceVariantFacts {
  /** Why it is that, and where that can be seen. */
  readonly title: Sourced<string>;
  /** Its image, in which `{version}` stands for the major version. */
  readonly image: string;
  /** Backend of Django's databases for it. */
  readonly engine?: string;
}

/** A service the app talks to, and the environment variables that its address is read from: as a whole, in parts, or both. */
export interface ServiceFacts {
  readonly kind: ServiceKind;
  /** Best first, such as REDIS_URL before CELERY_BROKER_URL; absent: it is read in parts, or fixed. */
  readonly addresses?: readonly ServiceAddress[];
  readonly parts?: readonly ServicePart[];
  /** What only the tests read it from; absent: nothing. */
  readonly inTests?: Pick<ServiceFacts, 'addresses' | 'parts'> & {
    /** Whether the tests run in no database that is not called a test's. */
    readonly named?: true;
  };
  /** The host that the code has for it, where no variable leads there. */
  readonly fixed?: Sourced<string>;
  /** The port that its driver talks to, when that is not the service's first one. */
  readonly port?: number;
  /** Version that the app is developed with. */
  readonly version?: Sourced<string>;
  /** The image with what the app needs of it beyond the usual, and what that is; a version of the configuration goes into `{version}`. */
  readonly variant?: ServiceVariantFacts;
  /** The process of the Procfile that is its server, by name: it is none of the app's. */
  readonly inPlaceOf?: Sourced<string>;
}

/** A service whose client is installed and that is not started: the app can do without it. */
export interface AbsentService {
  readonly service: KnownService;
  readonly place: Place;
  readonly why: string;
}

/** Debian packages one Python dependency needs. */
export interface NativePackages {
  readonly dependency: string;
  readonly build: readonly DebianPackage[];
  readonly runtime: readonly DebianPackage[];
  readonly place: Place;
}

/** A process beside the web server, from the same code. */
export interface ComponentFacts {
  /** `worker`, `scheduler`, or its name in the Procfile. */
  readonly name: string;
  readonly command: Sourced<readonly string[]>;
}

/** Uploads of a Django site that nobody hands out in production: the directory of them, absolute or relative to the app's. */
export interface MediaFacts extends Sourced<string> {
  /** Address below which the site says they are. */
  readonly url: string;
  /** Directories among them that the app hands out itself, to whom may have them. */
  readonly kept: readonly string[];
}

/** A command of Django's own program, with its options, that makes static files: before they are collected, or of those that are. */
export interface AssetCommand extends Sourced<readonly string[]> {
  readonly order: 'before' | 'behind';
}

/** What only Django projects have. */
export interface DjangoFacts {
  /** The project's own program, such as `manage.py`, from the app's directory. */
  readonly program?: string;
  /** The command that gathers static files in STATIC_ROOT. */
  readonly collectStatic?: Sourced<readonly string[]>;
  readonly assets?: readonly AssetCommand[];
  /** Address below which nobody in the app hands these files to browsers; absent: somebody does. */
  readonly unserved?: Sourced<string>;
  readonly media?: MediaFacts;
  /** Variable that the names the site is called by are read from. */
  readonly hosts?: Sourced<string>;
  /** The names, when the settings spell them out: the site answers to no other. */
  readonly names?: Sourced<readonly string[]>;
  /** The settings module of the tests, when it is another one than the app is served with. */
  readonly testSettings?: Sourced<string>;
  /** The settings module that developers run it with, when it is another one than that of the tests, or of the served app where these have none of their own. */
  readonly developers?: Sourced<string>;
}

export type GatewayValue = 'app' | 'frontend' | 'name' | 'http-port' | 'https-port' | 'certificates';

/** nginx with the app's own templates, in front of its servers. */
export interface GatewayFacts {
  /** Directory of the templates, relative to the source. */
  readonly templates: Sourced<string>;
  /** What the variables in the templates stand for. */
  readonly values: readonly { readonly name: string; readonly value: GatewayValue }[];
  readonly tls: boolean;
}

/** A file that is a copy of another one. */
export interface CopiedFact extends Sourced<string> {
  readonly from: string;
}

/**
 * A step of the app's own deployment that is not done here: a command while its container is made or when it starts, a script of the app
 * before its server, a hook of a platform, a file that the container has elsewhere or from elsewhere, packages of the system, a service of
 * the compose file, or all that a Dockerfile says.
 */
export interface LeftStep extends Sourced<string> {
  readonly kind: 'file' | 'build' | 'start' | 'script' | 'hook' | 'copy' | 'package' | 'service' | 'container';
  /** Of a service, or of a container of another image: what the compose file calls it. */
  readonly name?: string;
}

/** What is likely to end the app, and nothing here can mend; `key` is what there is to say of it in the configuration. */
export interface Warning extends Sourced<string> {
  readonly key?: string;
}

export interface Facts {
  readonly name: Sourced<string>;
  /** Whether other apps are likely to have the name as well; absent: they are not, or somebody chose it. */
  readonly commonName?: boolean;
  /** Files of the source that might have said something and are too long to be read; absent: there are none. */
  readonly unread?: readonly UnreadFile[];
  /**
   * The app's directory in the source, when it is not the source itself. Paths of what is written in Python are relative to
   * it, those of the frontend, the gateway and the suites in Node to the source.
   */
  readonly root?: Sourced<string>;
  readonly python: PythonFacts;
  /** The app and what lies beside it, as far as they are packages; absent: none is. */
  readonly packages?: readonly OwnPackage[];
  /** Absent: the app is whatever its command starts. */
  readonly framework?: Sourced<Framework>;
  /** What its server serves; both absent: a command starts the web process. */
  readonly entry?: Sourced<EntryPoint>;
  readonly server?: Sourced<RunServerKind>;
  /** That command; absent: it is the server that starts. */
  readonly started?: CommandFacts;
  /** What is installed of it, and of the server that its workers are made with, beside the dependencies; absent: they bring it. */
  readonly brought?: readonly BroughtServer[];
  readonly workers?: ServerFacts;
  /** Path that answers 200 when the app is up; absent: the port is probed. */
  readonly health?: Sourced<string>;
  readonly frontend?: FrontendFacts;
  readonly services: readonly ServiceFacts[];
  /** Those that the app can do without and goes without here; absent: there are none. */
  readonly absentServices?: readonly AbsentService[];
  /** Workers and schedulers, in the order of the Procfile; absent: the web server is all. */
  readonly components?: readonly ComponentFacts[];
  /** Databases of SQLite beside the code, relative to the app's directory: they are kept with the data. */
  readonly databaseFiles?: readonly Sourced<string>[];
  /** Where the code names SQLite; absent: it does not, or the app has a database server. */
  readonly sqlite?: Sourced<string>;
  /** Files of logs beside the code, relative to the app's directory: what is written to them lies in /tmp. */
  readonly logFiles?: readonly Sourced<string>[];
  /** Directories that the app writes to, absolute or relative to the source; absent: only the one that every app has. */
  readonly volumes?: readonly Sourced<string>[];
  /** The command that brings the database to the newest schema, such as ['flask', 'db', 'upgrade']. */
  readonly migrate?: Sourced<readonly string[]>;
  /** The variable whose address that command is to take in place of one that is written into its configuration. */
  readonly migrationAddress?: Sourced<string>;
  /** The module that `migrate` runs as a program, up to where it would serve; absent: it runs to its end. */
  readonly mainBlock?: Sourced<string>;
  readonly django?: DjangoFacts;
  /** Patterns of files that the app's own images are made without. */
  readonly dockerignore?: Sourced<readonly string[]>;
  /** Environment variables that must have a value for the app to start, such as SECRET_KEY. */
  readonly secrets: readonly Sourced<string>[];
  /** Everything that the code reads from its environment, by name; absent: nothing. */
  readonly variables?: readonly AppVariable[];
  /** Those that somebody has to give; absent: none. */
  readonly needed?: readonly NeededVariable[];
  /** Values of such variables that the deployment gives; absent: none. */
  readonly environment?: readonly GivenValue[];
  /** Those that would name a file which is none of the app, or lead to a configuration for people, as `NAME=value`; absent: none. */
  readonly unset?: readonly Sourced<string>[];
  /** Packages for programs and libraries that the code uses: ffmpeg called by subprocess, libpq of psycopg. */
  readonly native: readonly NativePackages[];
  /** Packages that only what the tests need asks for; absent: none. */
  readonly nativeOfTests?: readonly NativePackages[];
  readonly gateway?: GatewayFacts;
  /** Catalogues of translations that are compiled when the images are made, relative to the app's directory; absent: none has to be. */
  readonly translations?: Sourced<readonly string[]>;
  /** Files, relative to the app's directory, that are made of others beside them, since git has these alone; absent: there are none. */
  readonly copies?: readonly CopiedFact[];
  /** Commands that the configuration runs over the app's code when the images are made. */
  readonly buildCommands?: Sourced<readonly string[]>;
  /** Absent: nothing such was seen. */
  readonly warnings?: readonly Warning[];
  /** What the app's own deployment does and nothing here does; absent: there is nothing such. */
  readonly left?: readonly LeftStep[];
  /** Paths of package.json files that are not built, with the reason; absent: there are none. */
  readonly unbuilt?: readonly Sourced<string>[];
  readonly suites: readonly SuiteFacts[];
  /** Suites that run in Node; absent: there are none. */
  readonly nodeSuites?: readonly NodeSuiteFacts[];
}
