/** Where a frontend's build writes, and whether it makes a server: read from its tool's configuration, never guessed. */
import { worded } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { asObject, lineOf, type PackageJson, placeIn, readScriptConfig } from '../files/package-json.js';
import type { Project } from '../project.js';

/** The build's result. */
export interface FrontendOutput {
  readonly output: Sourced<string>;
  readonly server?: Sourced<'next'>;
  /** The script that makes it, when it is another than the one asked for. */
  readonly buildScript?: Sourced<string>;
}

/** How one tool says where it builds to. The first whose package is a dependency, or whose command the script runs, decides. */
interface Tool {
  readonly name: string;
  readonly packages: readonly string[];
  output(tree: Tree, file: PackageJson, script: string): Promise<Finding<FrontendOutput>>;
}

/** Finds the output directory: configured, as an option of the script, or by the configuration of the tool. */
export async function detectOutput(
  project: Project,
  file: PackageJson,
  script: string,
): Promise<Finding<FrontendOutput>> {
  const { source: tree, config } = project;
  const configured = config.frontend === false ? undefined : config.frontend?.output;
  const command = String(file.scripts[script]);
  const tool = TOOLS.find(({ packages }) => packages.some(name => file.dependencies.has(name))) ?? commandTool(command);
  if (configured !== undefined) return found({ output: { value: configured, place: configPlace('frontend.output') } });
  const option = /--out-?dir[= ]+(["']?)([\w./-]+)\1/i.exec(command);
  if (option && tool?.name !== 'Next.js') {
    return found({
      output: { value: resolvePath(file.root, option[2]!), place: placeIn(file, `"${script}"`), why: 'in the script' },
    });
  }
  return tool ? tool.output(tree, file, command) : failed(unknownOutput(file, script, command));
}

function commandTool(command: string): Tool | undefined {
  return TOOLS.find(({ packages }) => packages.some(name => new RegExp(`(^|[\\s/;&])${name}(\\s|$)`).test(command)));
}

/** A tool that writes to one directory unless an option in its configuration names another. */
function fixed(name: string, packages: readonly string[], directory: string, file?: string, option?: RegExp): Tool {
  return {
    name,
    packages,
    output: async (tree, { root, path }) => {
      const config = file === undefined ? undefined : await readScriptConfig(tree, root, file);
      const written = config && option ? option.exec(config.text) : null;
      if (config && written?.[2] !== undefined) {
        const place = { file: config.path, ...lineOf(config.text, written[0]) };
        return found({ output: { value: resolvePath(root, written[2]), place } });
      }
      const why = `where ${name} builds to unless told otherwise`;
      return found({ output: { value: joinPath(root, directory), place: { file: path }, why } });
    },
  };
}

const literal = (key: string) => new RegExp(`\\b${key}:\\s*(["'\`])([^"'\`$]+)\\1`);

const vite = fixed('Vite', ['vite'], 'dist', 'vite.config', literal('outDir'));

/** Frameworks before the bundlers they bring along. */
const TOOLS: readonly Tool[] = [
  { name: 'Next.js', packages: ['next'], output: nextOutput },
  { name: 'Nuxt', packages: ['nuxt', 'nuxi'], output: nuxtOutput },
  { name: 'SvelteKit', packages: ['@sveltejs/kit'], output: svelteKitOutput },
  { name: 'Astro', packages: ['astro'], output: astroOutput },
  { name: 'Angular', packages: ['@angular/cli', 'ng'], output: angularOutput },
  fixed('Create React App', ['react-scripts'], 'build'),
  fixed('Vue CLI', ['@vue/cli-service', 'vue-cli-service'], 'dist', 'vue.config', literal('outputDir')),
  fixed('Gatsby', ['gatsby'], 'public'),
  vite,
  fixed(
    'webpack',
    ['webpack'],
    'dist',
    'webpack.config',
    /\bpath:\s*path\.(resolve|join)\(__dirname,\s*["']([^"']+)["']/,
  ),
  fixed('Parcel', ['parcel', 'parcel-bundler'], 'dist'),
];

/** The first major version of Next.js whose build can be told from outside to make a standalone server. */
const NEXT_STANDS_ALONE = 13;

async function nextOutput(tree: Tree, file: PackageJson): Promise<Finding<FrontendOutput>> {
  const config = await readScriptConfig(tree, file.root, 'next.config');
  const kind = config && literal('output').exec(config.text);
  const place = config && kind ? { file: config.path, ...lineOf(config.text, kind[0]) } : { file: file.path };
  const distDir = (config && literal('distDir').exec(config.text)?.[2]) ?? undefined;
  if (kind?.[2] === 'export') {
    return found({ output: { value: resolvePath(file.root, distDir ?? 'out'), place, why: 'a static export' } });
  }
  // Where nothing is set, a server is what "next start" runs, and the build can be told to make one that stands alone.
  const isOld = Number(/\d+/.exec(file.dependencies.get('next') ?? '')?.[0] ?? NEXT_STANDS_ALONE) < NEXT_STANDS_ALONE;
  if (kind?.[2] === 'standalone' || !isOld) {
    const why = kind ? 'a standalone server' : 'a server, made to stand alone';
    const output = { value: resolvePath(file.root, distDir ?? '.next'), place, why };
    return found({ output, server: { value: 'next', place } });
  }
  return failed(
    worded('QS409', {
      place: { file: config?.path ?? file.path },
      problem: `${config?.path ?? `no next.config in ${file.root || 'the source'}`} sets no output, so the build needs all of node_modules to run`,
      expected: 'output: "standalone" for a server of its own, or output: "export" for static files',
      fix: `write output: "standalone" in ${config?.path ?? joinPath(file.root, 'next.config.mjs')}, or ask for a newer Next.js`,
    }),
  );
}

async function nuxtOutput(tree: Tree, file: PackageJson, script: string): Promise<Finding<FrontendOutput>> {
  const config = await readScriptConfig(tree, file.root, 'nuxt.config');
  const generates = (text: unknown) => /\b(nuxt|nuxi) generate\b/.test(String(text));
  const isStatic = generates(script) || /preset:\s*["'](static|github-pages)["']/.test(config?.text ?? '');
  const directory = /^\D*2\b/.test(file.dependencies.get('nuxt') ?? '') ? 'dist' : '.output/public';
  if (isStatic) return staticSite(file, directory, 'where Nuxt generates to');
  // Every new project has a script that generates; without rendering on a server it is the one to run.
  const [generate] = Object.entries(file.scripts).find(([, text]) => generates(text)) ?? [];
  const alone = /\bssr:\s*false\b|\btarget:\s*["']static["']/.exec(config?.text ?? '');
  if (config && alone && generate !== undefined) {
    const place = { file: config.path, ...lineOf(config.text, alone[0]) };
    const output = { value: joinPath(file.root, directory), place, why: 'where Nuxt generates to' };
    return found({ output, buildScript: { value: generate, place: placeIn(file, `"${generate}"`) } });
  }
  return failed(
    needsServer(
      file,
      config?.path,
      'Nuxt',
      'a script that runs "nuxt generate"',
      'write frontend: { script: generate } in quayside.yaml, with "generate": "nuxt generate" in package.json',
    ),
  );
}

async function svelteKitOutput(tree: Tree, file: PackageJson): Promise<Finding<FrontendOutput>> {
  const config = await readScriptConfig(tree, file.root, 'svelte.config');
  if (!file.dependencies.has('@sveltejs/adapter-static')) {
    return failed(
      needsServer(
        file,
        config?.path,
        'SvelteKit',
        '@sveltejs/adapter-static',
        'use adapter-static with a fallback page, as for a single-page app',
      ),
    );
  }
  const pages = config && literal('pages').exec(config.text);
  if (!config || !pages) return staticSite(file, 'build', "where SvelteKit's static adapter builds to");
  const place = { file: config.path, ...lineOf(config.text, pages[0]) };
  return found({ output: { value: resolvePath(file.root, pages[2]!), place } });
}

async function astroOutput(tree: Tree, file: PackageJson): Promise<Finding<FrontendOutput>> {
  const config = await readScriptConfig(tree, file.root, 'astro.config');
  if (/\boutput:\s*["'](server|hybrid)["']/.test(config?.text ?? '')) {
    return failed(
      needsServer(
        file,
        config?.path,
        'Astro',
        'output: "static"',
        'render the pages at build time, which is what Astro does unless told otherwise',
      ),
    );
  }
  return fixed('Astro', [], 'dist', 'astro.config', literal('outDir')).output(tree, file, '');
}

async function angularOutput(tree: Tree, file: PackageJson, script: string): Promise<Finding<FrontendOutput>> {
  const path = joinPath(file.root, 'angular.json');
  const text = (await tree.read(path)) ?? '';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return failed(unknownOutput(file, 'build', script));
  }
  const [name, project] = Object.entries(asObject(asObject(data).projects))[0] ?? [];
  const build = asObject(asObject(asObject(project).architect).build);
  const { outputPath } = asObject(build.options);
  const base = typeof outputPath === 'string' ? outputPath : asObject(outputPath).base;
  const directory = typeof base === 'string' ? base : `dist/${name}`;
  // The application builder puts what browsers load into a directory of its own.
  const isSplit = String(build.builder).endsWith(':application');
  const value = resolvePath(file.root, isSplit ? `${directory}/browser` : directory);
  return found({ output: { value, place: { file: path, ...lineOf(text, '"outputPath"') } } });
}

function staticSite(file: PackageJson, directory: string, why: string): Finding<FrontendOutput> {
  return found({ output: { value: joinPath(file.root, directory), place: { file: file.path }, why } });
}

function needsServer(file: PackageJson, config: string | undefined, tool: string, expected: string, fix: string) {
  return worded('QS409', {
    place: { file: config ?? file.path },
    problem: `${tool} builds a server here, and only static files of it can be served`,
    expected,
    fix,
  });
}

function unknownOutput(file: PackageJson, script: string, command: string) {
  return worded('QS408', {
    place: placeIn(file, `"${script}"`),
    problem: `the script "${script}" (${command}) does not show where it writes`,
    expected: 'a known tool such as Vite, Next.js or Create React App, or a line of configuration',
    fix: 'write in quayside.yaml: frontend: { output: DIRECTORY }, or "frontend: false" if the app needs none of it',
  });
}
