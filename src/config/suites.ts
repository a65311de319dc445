/** The test suites: the part `suites` of quayside.yaml. */
import * as z from 'zod';
import { serviceNames } from './services.js';
import { command, env, off } from './values.js';

const suiteOptions = z.strictObject(
  {
    command: command.describe('Arguments of the command that runs the suite.').optional(),
    env: env.describe('Environment variables of this suite only.').optional(),
    services: serviceNames
      .describe('Services this suite needs. Default: all services of the app for unit and e2e, none for the others.')
      .optional(),
  },
  { error: 'false, or a mapping with command, env and services' },
);

const smoke = z
  .union(
    [
      off,
      z.strictObject(
        { env: env.describe('Environment variables of this start only.').optional() },
        { error: 'false, or a mapping with env' },
      ),
    ],
    { error: 'false, or a mapping with env' },
  )
  .describe('The start of the built image with its services, which has to answer; false: it is not started.')
  .optional();

const suite = z.union([off, suiteOptions], { error: 'false, or a mapping with command, env and services' }).optional();

export const suites = z
  .strictObject(
    {
      unit: suite.describe('Tests without a browser; false: not run.'),
      e2e: suite.describe('Browser tests against the built image; false: not run.'),
      lint: suite.describe('Linters; false: not run.'),
      typecheck: suite.describe('Type checkers; false: not run.'),
      format: suite.describe('Formatters, which change files; false: not run.'),
      smoke,
    },
    { error: 'a mapping with unit, e2e, lint, typecheck, format and smoke' },
  )
  .describe('Test suites.');
