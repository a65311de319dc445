/** A module with one of everything that the command line knows. */

import {
  argument,
  type Container,
  check,
  type Directory,
  dag,
  type File,
  func,
  object,
  type Secret,
  type Service,
} from '@dagger.io/dagger';

/** How much. */
export enum Level {
  Low = 'low',
  High = 'high',
}

/** What was counted. */
export type Count = {
  /** How many. */
  total: number;
  parts: string[];
};

/** Takes an app to an image. */
@object()
export class Sample {
  source: Directory;
  config: File | undefined;

  constructor(
    /** The app. */
    @argument({ defaultPath: '/', ignore: ['**/node_modules', '.git'] })
    source: Directory,
    /** Another configuration. */
    config?: File,
  ) {
    this.source = source;
    this.config = config;
  }

  /** Runs the suites. */
  @func()
  @check()
  async test(): Promise<string> {
    return this.source.name();
  }

  /** Writes reports. */
  @func()
  reports(): Directory {
    return this.source;
  }

  /** Builds the image. */
  @func()
  buildImage(
    /** One or more platforms. */
    platforms: string[] = ['linux/amd64'],
    level: Level = Level.Low,
    registryToken?: Secret,
    retries: number = 3,
    verbose: boolean = false,
  ): Container {
    return dag.container().withLabel('with', [...platforms, level, registryToken, retries, verbose].join());
  }

  /** Serves the app. */
  @func()
  serve(): Service {
    return dag.container().asService();
  }

  /** Needs a name. */
  @func()
  async greet(name: string): Promise<void> {
    await dag.container().withLabel('name', name).sync();
  }

  /** Counts. */
  @func()
  async count(): Promise<Count> {
    return { total: 1, parts: [await this.source.name()] };
  }
}
