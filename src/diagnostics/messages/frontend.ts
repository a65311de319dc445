/** Messages about the Node frontend. */

export const FRONTEND_MESSAGES = {
  QS401: {
    title: 'The frontend has no lock file',
    about: 'package.json has a build script but no lock file pins its packages.',
  },
  QS402: {
    title: 'More than one frontend',
    about: 'Several directories hold a package.json with a build script.',
  },
  QS403: {
    title: 'A lock file of Node packages cannot be used',
    about: 'It has marks of a merge conflict, or a format that no supported version of its package manager reads.',
  },
  QS404: {
    title: 'package.json is not valid JSON',
    about: 'The file could not be parsed.',
  },
  QS405: {
    title: 'Node version not supported',
    about: 'The version that .nvmrc, engines.node or quayside.yaml asks for is none that Quayside knows.',
  },
  QS406: {
    title: 'The frontend build script is missing',
    about:
      'The configured script is not among the scripts of package.json, or there is no package.json where the configuration says.',
  },
  QS407: {
    title: 'Two Node package managers disagree',
    about:
      'Lock files of several package managers lie side by side, or package.json names another one than the lock file.',
  },
  QS408: {
    title: 'Where the frontend builds to is not known',
    about: 'The build script runs a tool whose output directory cannot be read from its configuration.',
  },
  QS409: {
    title: 'The frontend builds a server that cannot be run',
    about:
      'The framework is set to render pages on a server in a form that Quayside does not run: Next.js without output, SvelteKit, Nuxt or Astro with a server adapter.',
  },
  QS410: {
    title: 'Nobody serves the frontend',
    about:
      'A frontend without a server of its own is built into files, and no code of the app hands files of that directory to browsers. It would be built for nothing, or the app would answer without it.',
  },
} as const;
