/**
 * Takes a Python web app from a checkout to a tested image.
 *
 * Quayside reads a Flask, FastAPI or Django app, with or without a Node frontend, decides how to build and test it, and
 * does so: a lean production image, real databases, unit tests, and browser tests against that image. Nothing has to be
 * configured; `explain` shows what was found and how to change it in quayside.yaml.
 */
import {
  argument,
  type Container,
  check,
  type Directory,
  type File,
  func,
  object,
  type Platform,
  type Secret,
  type Service,
} from '@dagger.io/dagger';
import { processImage } from './dagger/app.js';
import { servedApp } from './dagger/processes.js';
import { checkSuites, findServices, formattedFiles, gatherReports, startOnce, testShell } from './dagger/suites.js';
import { explainForPeople, explainForTools } from './detect/explain/explain.js';
import { lockApp } from './lock.js';
import { loadApp, readApp } from './pipeline.js';
import { planJson } from './plan/json.js';
import type { Publication } from './publish/publication.js';

/** Builds, tests and serves one Python web app. */
@object()
export class Quayside {
  source: Directory;
  config?: File;
  frozen: boolean;
  secret?: Secret[];

  /**
   * @param source Directory of the app, or one with a quayside.yaml whose root leads to it
   * @param config A quayside.yaml to use in place of the one in the source
   * @param frozen Fail when quayside.lock does not name every image by digest and every Debian package by version, or one of them is gone
   * @param secret Secrets that quayside.yaml declares, such as CORP_TOKEN=env:CORP_TOKEN, or env://CORP_TOKEN by Dagger's command line. Default: the variables of their names
   */
  constructor(
    @argument({
      defaultPath: '/',
      ignore: [
        '**/.git',
        '**/node_modules',
        '**/.venv',
        '**/venv',
        '**/__pycache__',
        '**/*.pyc',
        '**/.pytest_cache',
        '**/.ruff_cache',
        '**/.mypy_cache',
        '**/.coverage',
        '**/htmlcov',
        '**/.env',
        '**/.env.local',
        '**/.env.*.local',
        '**/*.tsbuildinfo',
        '**/.DS_Store',
        '**/dagger.lock',
      ],
    })
    source: Directory,
    config?: File,
    frozen: boolean = false,
    secret?: Secret[],
  ) {
    this.source = source;
    this.frozen = frozen;
    if (secret !== undefined) this.secret = secret;
    if (config !== undefined) this.config = config;
  }

  /**
   * Runs the unit tests and the browser tests, side by side, each with services and a database of its own. Without browser
   * tests the production image is started once, and has to answer.
   */
  @func()
  @check()
  async test(): Promise<string> {
    return checkSuites(await loadApp(this), ['unit', 'e2e', 'smoke']);
  }

  /**
   * Runs the tests that need no browser, with the app's real services and a migrated database.
   */
  @func()
  @check()
  async unit(): Promise<string> {
    return checkSuites(await loadApp(this), ['unit']);
  }

  /**
   * Starts the production image with its services and runs the browser tests against it.
   */
  @func()
  @check()
  async browser(): Promise<string> {
    return checkSuites(await loadApp(this), ['e2e']);
  }

  /**
   * Runs the app's linters, and those of its frontend.
   */
  @func()
  @check()
  async lint(): Promise<string> {
    return checkSuites(await loadApp(this), ['lint']);
  }

  /**
   * Runs the app's type checkers, and those of its frontend.
   */
  @func()
  @check()
  async typecheck(): Promise<string> {
    return checkSuites(await loadApp(this), ['typecheck']);
  }

  /**
   * Formats the source and returns the files that changed.
   */
  @func()
  async format(): Promise<Directory> {
    return formattedFiles(await loadApp(this));
  }

  /**
   * Runs the tests and returns their reports, also when tests fail: JUnit, coverage, traces and screenshots.
   */
  // Not remembered as a whole: reports of tests that failed are a result like any other, and would be answered with again.
  @func({ cache: 'never' })
  async reports(): Promise<Directory> {
    return gatherReports(await loadApp(this), ['unit', 'e2e', 'smoke']);
  }

  /**
   * Shows what was found in the source, where, and how to override it.
   *
   * @param json As one JSON document for tools, also when the app cannot be understood: then with what stands in the way
   */
  @func()
  async explain(json: boolean = false): Promise<string> {
    const app = readApp(this.source, this.config);
    return json ? explainForTools(app) : explainForPeople(app);
  }

  /**
   * Shows the plan as JSON: stages of the image, services, suites.
   */
  @func()
  async plan(): Promise<string> {
    return planJson((await readApp(this.source, this.config)).plan);
  }

  /**
   * Builds the production image, and starts it once with its services: it has to answer.
   *
   * @param platform Platform to build for, such as linux/arm64. Default: the engine's own
   * @param component Component whose image is meant, such as frontend for a Next.js server. Default: the web server
   */
  @func()
  async build(platform?: Platform, component?: string): Promise<Container> {
    const app = await loadApp(this);
    // Another platform's image is the same but for its processor, which is emulated here at best.
    const isStarted = platform === undefined && component === undefined;
    if (isStarted) await findServices(app);
    const image = await processImage(app, platform, component);
    if (isStarted) await startOnce(app);
    return image;
  }

  /**
   * Writes quayside.lock, which holds the images that everything starts from by digest and the Debian packages that are installed on them by version, and
   * the lock file of the app's package manager where there is none. They belong into the source. What is locked already stays as it is.
   *
   * @param upgrade Look the tags of all images, and the versions of all packages, up again
   */
  @func()
  async lock(upgrade: boolean = false): Promise<Directory> {
    return lockApp(this, upgrade);
  }

  /**
   * Renders files to build, develop, test and run the app without Quayside: Dockerfile, compose files, Makefile, manifests for
   * Kubernetes, documents; and workflows that call Quayside. They belong into the source. What was changed by hand stays, and what is new is laid
   * beside it.
   *
   * @param only Formats to render: dockerfile, compose, makefile, kubernetes, github, gitlab, docs. Default: all
   * @param force Replace files that are there, whoever wrote them
   */
  @func()
  async eject(only: string[] = [], force: boolean = false): Promise<Directory> {
    const { ejectApp } = await import('./eject.js');
    return ejectApp(this.source, this.config, { only, force });
  }

  /**
   * Builds the images of the app for all platforms, starts them, and pushes them to a registry: the web server's, and those of a frontend's
   * server and of nginx where the app has them. Whoever pulls a tag gets all of an image at any moment; what is there already is not
   * pushed again. Returns what was published: digests, sizes, tags.
   *
   * @param address Repository for the images, such as ghcr.io/acme/shop. Default: publish.address in quayside.yaml
   * @param tags Tags. A version such as 1.2.3 or a commit stays what it was published as, others move. Default: from revision and ref: sha-COMMIT; for a version its parts and latest; for a branch its name
   * @param platforms Platforms, such as linux/amd64,linux/arm64. Default: publish.platforms in quayside.yaml, or the engine's own
   * @param component Only this image, such as frontend. Default: all
   * @param username User of the registry. Default: who is signed in where this runs
   * @param password The user's password, or token
   * @param dryRun Write nothing to the registry: build, start, compare, and say what would be pushed
   * @param revision Commit of the source, with -dirty behind it when there are changes that are not committed. The command line asks git
   * @param ref What is checked out, such as refs/tags/v1.2.3. The command line asks git
   * @param created Time of the commit, such as 2026-11-26T10:00:00Z. The command line asks git
   * @param url Address of the source, for people who look at the image. The command line asks git
   * @param sbom Attach what each image consists of, as CycloneDX
   * @param provenance Attach where the images come from, as SLSA's provenance
   * @param signKey Private key that signs the images and what is attached: one of cosign generate-key-pair, or one in PEM
   * @param signPassword Password of that key
   * @param keyless Sign without a key, as whom the workflow's token names: that is written to a public log
   * @param identityToken A token of OpenID Connect that names who signs without a key. Default: that of a workflow of GitHub, or SIGSTORE_ID_TOKEN
   * @param fulcioUrl Address of the authority that certifies who signs. Default: Sigstore's own
   * @param rekorUrl Address of the log of signatures. Default: Sigstore's own
   * @param builder URI of who builds, such as that of a workflow, for the provenance. The command line knows those of GitHub and GitLab
   */
  // It has effects, and what it finds in a registry is another thing each time.
  @func({ cache: 'never' })
  async publish(
    address?: string,
    tags: string[] = [],
    platforms: string[] = [],
    component?: string,
    username?: string,
    password?: Secret,
    dryRun: boolean = false,
    revision?: string,
    ref?: string,
    created?: string,
    url?: string,
    sbom: boolean = true,
    provenance: boolean = true,
    signKey?: Secret,
    signPassword?: Secret,
    keyless: boolean = false,
    identityToken?: Secret,
    fulcioUrl?: string,
    rekorUrl?: string,
    builder?: string,
  ): Promise<Publication> {
    const { publishApp } = await import('./publish/publish.js');
    const state = { revision, ref, created, url };
    const signing = { signKey, signPassword, keyless, identityToken, fulcioUrl, rekorUrl };
    const attach = { sbom, provenance, builder, ...signing };
    const options = { address, tags, platforms, component, username, password, dryRun, state, attach };
    return publishApp(await loadApp(this), options);
  }

  /**
   * Builds an image again that was published, by what its provenance says, and compares it byte by byte with what the registry has. Where they differ,
   * the first files that do are named.
   *
   * @param address Image to verify: a repository with a tag or a digest, such as ghcr.io/acme/shop:1.2.3
   * @param key Public key that has to have signed the image and its provenance, such as cosign.pub. Default: signatures are not looked at
   * @param certificateIdentity Who has to have signed both without a key, such as https://github.com/acme/shop/.github/workflows/publish.yml@refs/tags/v1.2.3
   * @param certificateOidcIssuer Who vouches for that name, such as https://token.actions.githubusercontent.com
   * @param trustedRoot Authorities and logs to trust, as a trusted_root.json. Default: Sigstore's own
   * @param username User of the registry. Default: who is signed in where this runs
   * @param password The user's password, or token
   * @param revision Commit of the source, with -dirty behind it when there are changes that are not committed. The command line asks git
   */
  // A tag may lead elsewhere each time.
  @func({ cache: 'never' })
  async verify(
    address: string,
    key?: File,
    certificateIdentity?: string,
    certificateOidcIssuer?: string,
    trustedRoot?: File,
    username?: string,
    password?: Secret,
    revision?: string,
  ): Promise<string> {
    const { verifyPublished } = await import('./publish/verify.js');
    const signed = { key, certificateIdentity, certificateOidcIssuer, trustedRoot };
    const options = { address, ...signed, username, password, revision };
    return verifyPublished(await loadApp(this), options);
  }

  /**
   * Lists what the production image consists of (an SBOM): packages of Debian, Python and Node, each with its version, its licences, its package URL and the
   * files that prove it.
   *
   * @param format Format of the list: cyclonedx (1.6) or spdx (2.3), both JSON
   * @param platform Platform of the image, such as linux/arm64. Default: the engine's own
   * @param component Component whose image is meant, such as frontend for a Next.js server. Default: the web server
   */
  @func()
  async sbom(format: string = 'cyclonedx', platform?: Platform, component?: string): Promise<File> {
    const { sbomFormat, sbomOf } = await import('./sbom.js');
    const options = { format: sbomFormat(format), platform, component };
    return sbomOf(await loadApp(this), options);
  }

  /**
   * Looks up the vulnerabilities of the production image: of all that its list of parts names, by a scanner that has a database and no network.
   * Those that are too grave fail it.
   *
   * @param format Format of what is told: table, json or sarif
   * @param failOn Severity from which on a vulnerability fails the scan: critical, high, medium, low, negligible or never. Default: scan.failOn in quayside.yaml, or high
   * @param database Directory with the scanner's database, as grype db update makes it. Default: that of the day is fetched
   * @param platform Platform of the image, such as linux/arm64. Default: the engine's own
   * @param component Component whose image is meant, such as frontend for a Next.js server. Default: the web server
   */
  // What is known of vulnerabilities, and what is still ignored, is another thing each day.
  @func({ cache: 'never' })
  async scan(
    format: string = 'table',
    failOn?: string,
    database?: Directory,
    platform?: Platform,
    component?: string,
  ): Promise<string> {
    const { scanApp } = await import('./scan/scan.js');
    const options = { format, failOn, database, platform, component, frozen: this.frozen };
    return scanApp(await loadApp(this), options);
  }

  /**
   * Writes a first quayside.yaml: what was found, where, as comments that hold it fast when they are uncommented, and what has to be
   * answered. It belongs into the source; one that is there stays.
   *
   * @param also Files to write with it: dockerignore, github, gitlab. Default: none
   */
  @func()
  async init(also: string[] = []): Promise<Directory> {
    const { initApp } = await import('./init.js');
    return initApp(this.source, also);
  }

  /**
   * Runs the production image with its services until it is stopped.
   *
   * @param port Port the app listens on
   */
  @func()
  async serve(port: number = 8000): Promise<Service> {
    return servedApp(await loadApp(this), port);
  }

  /**
   * Opens the test image with the app's services, for a terminal.
   */
  @func()
  async shell(): Promise<Container> {
    return testShell(await loadApp(this));
  }
}
