/** Kinds of values that keys of quayside.yaml have. Every message completes "expected: …". */
import * as z from 'zod';

/** Text that is not empty. */
export const word = (expected: string) => z.string({ error: expected }).min(1, { error: expected });

/** Text that YAML may read as a number; the parser hands over the digits as written, so 3.10 stays 3.10. */
export const versionText = (expected: string) =>
  z.union([z.string().min(1), z.number()], { error: expected }).transform(String);

/** The value of a variable: text to the process that gets it, whatever YAML makes of it. */
const variableText = z
  .union([z.string(), z.number(), z.boolean()], { error: 'text, a number or a boolean' })
  .transform(String);

/** Such texts, at least one. */
export const words = (expected: string) => z.array(word(expected), { error: expected }).min(1, { error: expected });

/** What is not there to be used. */
export const off = z.literal(false);

/** A directory of the source, relative to it. */
export const directory = (expected: string) =>
  word(expected).refine(path => !path.startsWith('/') && !path.split('/').includes('..'), {
    error: `${expected}, inside the source`,
  });

const portWords = 'a port from 1 to 65535';

/** A port that something answers on. */
export const port = z.int({ error: portWords }).min(1, { error: portWords }).max(65535, { error: portWords });

/** A command as the words that it is made of. */
export const command = words('a list of words such as [pytest, tests]');

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'a variable name such as LOG_LEVEL' });

/** Variables of a process. */
export const env = z.record(variableName, variableText, { error: 'a mapping of variable names to values' });

/** Variables of a service, whose image may read settings by their dotted names. */
export const serviceEnv = z.record(
  z.string().regex(/^[A-Za-z_][\w.-]*$/, { error: 'a variable name such as LOG_LEVEL or discovery.type' }),
  variableText,
  { error: 'a mapping of variable names to values' },
);

const secretForm = 'env, ssh, false, or a mapping with file: a path such as ~/.netrc';

/** What a secret of the build is to the steps that install packages. */
export const buildSecret = z.union(
  [
    z.enum(['env', 'ssh']),
    off,
    z.strictObject({
      file: z
        .string()
        .regex(/^(~|(\/(?!\.{1,2}(\/|$))[\w.@+-]+)+)(\/(?!\.{1,2}(\/|$))[\w.@+-]+)+$/)
        .describe('Path of the file; ~ is the home directory of who installs.'),
    }),
  ],
  { error: secretForm },
);

/** A value that the published image does not have. */
const trialText = z.strictObject(
  {
    value: variableText.describe('The value.'),
    only: z
      .literal('trial', { error: 'trial' })
      .describe('trial: for build steps, tests and serve; the published image does not have it.'),
  },
  { error: 'text, or a mapping with value and only: trial' },
);

/** Variables of the image, and those that only its trials have. */
export const imageEnv = z.record(
  variableName,
  z.union([variableText, trialText], { error: 'text, a number or a boolean, or a mapping with value and only: trial' }),
  { error: 'a mapping of variable names to values' },
);

/** A reference to the app. */
export const entry = word('module:attribute such as app:app or shop:create_app()').regex(
  /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\(.*\))?$/,
  { error: 'module:attribute such as app:app or shop:create_app()' },
);
