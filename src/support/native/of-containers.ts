/** Debian packages that an app's own container installs by name and that an image here gets as well. */
import { type DebianPackage, namesOf } from './definition.js';
import { LIBRARIES } from './libraries.js';
import { MODULE_NATIVE } from './modules.js';
import { PROGRAMS } from './programs.js';
import { EXTRA_NATIVE, PYTHON_NATIVE } from './python-packages.js';

/** Programs and fonts that code uses by way of a library, or of a script: all releases have them under these names. */
export const OF_CONTAINERS: readonly DebianPackage[] = [
  'chromium',
  'fonts-dejavu',
  'fonts-liberation',
  'fonts-noto-cjk',
  'inkscape',
  'libreoffice',
  'libreoffice-writer',
  'libsnappy1v5',
  'mediainfo',
  'mkvtoolnix',
  'p7zip-full',
  'pdftk-java',
  'r-base',
  'r-base-core',
  'tesseract-ocr-eng',
  'texlive-latex-base',
  'texlive-latex-extra',
  'texlive-xetex',
  'unpaper',
  'unrar-free',
];

/** What containers have for those who build them, or for their own scripts: code that runs one of these is found by what it calls. */
const FOR_BUILDS =
  /^(curl|default-mysql-client|git|libmariadb3|libpq5|openssh-client|postgresql-client|rsync|unzip|wget|zip|libstdc\+\+6)$/;

const KNOWN = new Map<string, DebianPackage>(
  [
    ...[PYTHON_NATIVE, EXTRA_NATIVE, MODULE_NATIVE].flatMap(Object.values).flatMap(({ runtime }) => runtime),
    ...Object.values(PROGRAMS).flat(),
    ...Object.values(LIBRARIES).flat(),
    ...OF_CONTAINERS,
  ].flatMap(wanted => namesOf(wanted).map(name => [name, wanted] as const)),
);

/** The package as it is called here; undefined where nobody knows whether all releases have it, or an image here has no use for it. */
export function knownPackage(name: string): DebianPackage | undefined {
  return FOR_BUILDS.test(name) ? undefined : KNOWN.get(name);
}
