/** Files that say how the app is started, and so which of several apps is meant. */

import { argumentsOf, callsIn, literalString, qualify } from '../code/module.js';
import type { Project } from '../project.js';

/** An app as a start command names it. */
export interface NamedApp {
  readonly module: string;
  readonly attribute?: string;
}

/** A server's command line, as text or as a list of words, with the app that it names. */
const COMMAND = /\b(?:uvicorn|gunicorn|hypercorn|granian)\b[^\n#]*?["'\s,]([A-Za-z_][\w.]*):([A-Za-z_]\w*)/g;

const SETTINGS: readonly (readonly [RegExp, RegExp])[] = [
  [/^\.flaskenv$/, /^\s*FLASK_APP\s*=\s*["']?([A-Za-z_][\w.]*?)(?:\.py)?(?::([A-Za-z_]\w*))?\b/gm],
  [/^pyproject\.toml$/, /^\[tool\.fastapi\]\s*(?:^(?!\[).*\n)*?entrypoint\s*=\s*["']([\w.]+):(\w+)["']/gm],
  [/^Dockerfile[^/]*$/, COMMAND],
  [/^(docker-)?compose[^/]*\.ya?ml$/, COMMAND],
  [/^(scripts\/)?[\w.-]+\.sh$/, COMMAND],
];

/** What the app's own files name, a list for each kind of file that names any; those that decide first come first. */
export async function appsNamedAtStart(project: Project): Promise<readonly (readonly NamedApp[])[]> {
  const { tree, source } = project;
  const written = SETTINGS.map(async ([file, pattern]) => {
    const own = tree.paths.filter(path => file.test(path)).map(path => tree.read(path));
    const around = source === tree ? [] : source.paths.filter(path => file.test(path)).map(path => source.read(path));
    const texts = await Promise.all([...own, ...around]);
    return texts.flatMap(text => [...(text ?? '').matchAll(pattern)].map(named));
  });
  const [flaskenv = [], fastapi = [], ...commands] = await Promise.all(written);
  return [flaskenv, fastapi, startedInCode(project), ...commands].filter(list => list.length > 0);
}

function named([, module = '', attribute]: RegExpMatchArray): NamedApp {
  return { module, ...(attribute !== undefined && { attribute }) };
}

/** `uvicorn.run("shop.main:app")`. */
function startedInCode({ modules }: Project): readonly NamedApp[] {
  const calls = modules
    .filter(({ isTest }) => !isTest)
    .flatMap(module =>
      module.statements.flatMap(({ tokens }) =>
        callsIn(tokens)
          .filter(({ callee }) => qualify(module, callee) === 'uvicorn.run')
          .map(({ open }) => argumentsOf(tokens, open)[0]),
      ),
    );
  return calls.flatMap(first => {
    const [module, attribute] = (first && literalString(first.tokens))?.split(':') ?? [];
    return module !== undefined && attribute !== undefined ? [{ module, attribute }] : [];
  });
}
