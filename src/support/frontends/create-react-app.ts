import type { Finding } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import { lineOf } from '../../source/script-file.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { outputOf } from './shared/outputs.js';

/** Create React App, whose directory a variable changes. */
export const createReactApp: FrontendDefinition = {
  title: 'Create React App',
  doc: 'builds to `build`, or to what `BUILD_PATH` says',
  rank: 7,
  packages: ['react-scripts'],
  oldHashesBefore: '5.0.0',
  commands: ['react-scripts', 'react-app-rewired', 'craco', 'rescripts'],
  through: ['refine'],
  makers: ['react-scripts'],
  verbs: ['build'],
  example: 3,
  bakes: { prefix: 'REACT_APP_' },
  output,
};

/** Files of variables that it reads when it builds, the first that has one counting. */
const VARIABLES = ['.env.production', '.env'];

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const given = built.variables.get('BUILD_PATH');
  if (given !== undefined) return outputOf(built, { value: given, place: built.placeOf('scripts') }, TOLD);
  for (const name of VARIABLES) {
    const text = (await built.read(name)) ?? '';
    const match = /^BUILD_PATH=["']?([^"'\s#]+)/m.exec(text);
    const place = { file: joinPath(built.root, name), ...lineOf(text, match?.[0] ?? '') };
    if (match) return outputOf(built, { value: match[1]!, place }, TOLD);
  }
  return outputOf(built, undefined, TOLD);
}

const TOLD = { title: 'Create React App', directory: 'build' };
