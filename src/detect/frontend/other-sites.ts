/** Whether the app answers pages of other sites: whoever lets them ask has a frontend that is published elsewhere. */
import type { Sourced } from '../../source/sourced.js';
import type { PythonModule } from '../code/module.js';

/** What lets browsers ask from elsewhere, as it is imported. */
const IMPORTED = /(^|\.)CORS(Middleware|Config)$|^(flask_cors|quart_cors|aiohttp_cors)(\.|$)/;

/** The same as Django's settings name it. */
const NAMED = 'corsheaders.middleware.CorsMiddleware';

/** Finds where the app's own code lets pages of other sites ask it. */
export function answersOtherSites(modules: readonly PythonModule[]): Sourced<string> | undefined {
  for (const { isTest, path, statements, imports } of modules) {
    if (isTest) continue;
    const imported = [...imports].flatMap(([name, target]) => (IMPORTED.test(target) ? [name] : []));
    for (const { tokens } of statements) {
      const isImport = /^(import|from)$/.test(tokens[0]?.text ?? '');
      const token = tokens.find(({ kind, text }) =>
        kind === 'string' ? text === NAMED : !isImport && kind === 'name' && imported.includes(text),
      );
      if (token) return { value: token.text, place: { file: path, line: token.line }, why: 'lets other sites ask' };
    }
  }
  return undefined;
}
