/** Debian packages that Python packages need when they are built from source, by the names of these. */
import { COMPILER } from './debian-packages.js';
import { type NativeNeed, need } from './definition.js';

/** By Python package: those whose wheels carry what they need, when they are built from source all the same. */
export const SOURCE_NATIVE: Readonly<Record<string, NativeNeed>> = {
  cffi: need([COMPILER, 'libffi-dev'], ['libffi8']),
  cryptography: need([COMPILER, 'pkg-config', 'cargo', 'libssl-dev', 'libffi-dev'], ['libssl3', 'libffi8']),
  lxml: need([COMPILER, 'libxml2-dev', 'libxslt1-dev'], ['libxml2', 'libxslt1.1']),
  numpy: need([COMPILER, 'pkg-config', 'libopenblas-dev'], ['libopenblas0']),
  pillow: need(
    [
      COMPILER,
      'libjpeg-dev',
      'zlib1g-dev',
      'libfreetype-dev',
      'liblcms2-dev',
      'libopenjp2-7-dev',
      'libtiff-dev',
      'libwebp-dev',
    ],
    [
      'libjpeg62-turbo',
      'libfreetype6',
      'liblcms2-2',
      'libopenjp2-7',
      'libtiff6',
      'libwebp7',
      'libwebpdemux2',
      'libwebpmux3',
    ],
  ),
  'psycopg2-binary': need([COMPILER, 'libpq-dev'], ['libpq5']),
  pyodbc: need([COMPILER, 'unixodbc-dev'], ['unixodbc']),
  pyyaml: need([COMPILER, 'libyaml-dev'], ['libyaml-0-2']),
  pyzmq: need([COMPILER, 'pkg-config', 'cmake', 'libzmq3-dev'], ['libzmq5']),
  scipy: need([COMPILER, 'gfortran', 'pkg-config', 'libopenblas-dev'], ['libopenblas0', 'libgfortran5']),
  uvloop: need([COMPILER, 'autoconf', 'automake', 'libtool'], []),
  xmlsec: need([COMPILER, 'pkg-config', 'libxmlsec1-dev'], ['libxmlsec1-openssl']),
};

/** What any other package needs that is built from source: it may have parts in C. */
export const COMPILED: NativeNeed = need([COMPILER], []);
