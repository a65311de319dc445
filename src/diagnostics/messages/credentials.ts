/** Messages about who package indexes are asked as. */

import { message } from '../message.js';

/** An index that refused a step: its host as far as it is known, the secrets that its manager would take, and those that were given. */
export interface RefusedByIndex {
  readonly step: string;
  readonly host: string;
  readonly named: readonly string[];
  readonly given: readonly string[];
  readonly said: string;
}

/** A credential that no variable stands for. */
export type UndeclaredSecret = { readonly kind: 'password' } | { readonly kind: 'key' };

const UNDECLARED: Readonly<Record<UndeclaredSecret['kind'], { problem: string; expected: string; fix: string }>> = {
  password: {
    problem: 'a password or token stands in it as it is',
    expected: 'credentials that are no part of the source',
    fix: 'write a variable in its place, such as ${CORP_TOKEN}, and in quayside.yaml: secrets: { CORP_TOKEN: env }; then change the password, since whoever has the source has it',
  },
  key: {
    problem: 'git reaches a repository by ssh, and no key for it is declared',
    expected: 'a private key that may read the repository, or an https address',
    fix: 'write in quayside.yaml: secrets: { DEPLOY_KEY: ssh }, and give it by --secret DEPLOY_KEY=file:PATH; a public repository is reached as git+https://…',
  },
};

export const CREDENTIALS_MESSAGES = {
  QS219: message<UndeclaredSecret>({
    title: 'A credential is not declared as a secret',
    about:
      'A file that packages are installed by holds a password as it is, or names a repository that git reaches by ssh. What whoever builds is to give has a name, so that no password is part of the source or of an image: variables in files of pip have it, and others are declared in quayside.yaml.',
    words: ({ kind }) => UNDECLARED[kind],
  }),
  QS220: message<{ readonly name: string }>({
    title: 'A secret is given that nothing takes',
    about:
      'The flag --secret gives a secret that quayside.yaml does not declare, or that no step of this app takes. Names are told apart by upper and lower case.',
    words: ({ name }) => ({
      problem: `the secret ${name} is given, and no step takes one of that name`,
      expected: 'secrets that quayside.yaml declares, by their names',
      fix: `declare it: secrets: { ${/^[A-Za-z_]\w*$/.test(name) ? name : 'NAME'}: env }, or leave the flag out`,
    }),
  }),
  QS221: message<RefusedByIndex>({
    title: 'A package index asks who is there',
    about:
      'An index that packages come from answers with 401 or 403: it is private, and was asked without credentials, or with those of somebody who may not read it. Credentials are declared in quayside.yaml by the names under which the index or its package manager takes them.',
    words: ({ step, host, named, given, said }) => ({
      problem: `${host === '' ? 'a package index' : `the package index ${host}`} refused to ${step}: it wants to know who asks\n${said}`,
      expected:
        given.length === 0
          ? 'credentials for a private index'
          : `credentials that it accepts: ${given.join(', ')} ${given.length === 1 ? 'was' : 'were'} given`,
      fix: `write in quayside.yaml: secrets: { ${(named.length > 0 ? named : ['CORP_USER', 'CORP_TOKEN']).map(name => `${name}: env`).join(', ')} }${named.length > 0 ? '' : ', and the variables into the address, as https://${CORP_USER}:${CORP_TOKEN}@…'}; or NETRC: { file: ~/.netrc } for all that reads it. Values come by --secret NAME=env:OTHER or from the environment`,
    }),
  }),
} as const;
