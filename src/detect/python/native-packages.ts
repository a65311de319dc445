/** Debian packages that Python packages and programs need. Names hold for bookworm and trixie. */

/** What one Python package or program needs beyond pip: to be built, and to run. */
export interface NativeNeed {
  readonly build: readonly string[];
  readonly runtime: readonly string[];
}

const need = (build: readonly string[], runtime: readonly string[]): NativeNeed => ({ build, runtime });
const COMPILER = 'build-essential';

/**
 * By Python package: those without wheels for Linux, and those that open a library of the system at run time. Packages
 * whose wheels carry all they need (Pillow, lxml, cryptography, numpy) are not here.
 */
export const PYTHON_NATIVE: Readonly<Record<string, NativeNeed>> = {
  cairosvg: need([], ['libcairo2']),
  dlib: need([COMPILER, 'cmake', 'libopenblas-dev', 'liblapack-dev'], ['libopenblas0', 'liblapack3']),
  'ffmpeg-python': need([], ['ffmpeg']),
  gdal: need([COMPILER, 'libgdal-dev'], ['gdal-bin']),
  graphviz: need([], ['graphviz']),
  gssapi: need([COMPILER, 'libkrb5-dev'], ['libgssapi-krb5-2']),
  kerberos: need([COMPILER, 'libkrb5-dev'], ['libgssapi-krb5-2']),
  m2crypto: need([COMPILER, 'swig', 'libssl-dev'], ['libssl3']),
  mariadb: need([COMPILER, 'libmariadb-dev'], ['libmariadb3']),
  mysqlclient: need([COMPILER, 'pkg-config', 'default-libmysqlclient-dev'], ['libmariadb3']),
  'opencv-python': need([], ['libgl1', 'libglib2.0-0']),
  'opencv-contrib-python': need([], ['libgl1', 'libglib2.0-0']),
  pdf2image: need([], ['poppler-utils']),
  psycopg: need([], ['libpq5']),
  'psycopg-c': need([COMPILER, 'libpq-dev'], ['libpq5']),
  psycopg2: need([COMPILER, 'libpq-dev'], ['libpq5']),
  pyaudio: need([COMPILER, 'portaudio19-dev'], ['libportaudio2']),
  pycairo: need([COMPILER, 'pkg-config', 'libcairo2-dev'], ['libcairo2']),
  pycurl: need([COMPILER, 'libcurl4-openssl-dev', 'libssl-dev'], ['libcurl4']),
  pydub: need([], ['ffmpeg']),
  pyenchant: need([], ['libenchant-2-2']),
  pygobject: need(
    [COMPILER, 'pkg-config', 'libgirepository1.0-dev', 'libcairo2-dev'],
    ['libgirepository-1.0-1', 'gir1.2-glib-2.0'],
  ),
  pygraphviz: need([COMPILER, 'libgraphviz-dev'], ['graphviz']),
  pylibmc: need([COMPILER, 'libmemcached-dev', 'zlib1g-dev'], ['libmemcached11']),
  pyodbc: need([], ['unixodbc']),
  pytesseract: need([], ['tesseract-ocr']),
  'python-ldap': need([COMPILER, 'libldap2-dev', 'libsasl2-dev'], ['libldap-2.5-0', 'libsasl2-2']),
  'python-magic': need([], ['libmagic1']),
  pyvips: need([], ['libvips42']),
  pyzbar: need([], ['libzbar0']),
  'systemd-python': need([COMPILER, 'pkg-config', 'libsystemd-dev'], ['libsystemd0']),
  uwsgi: need([COMPILER, 'libpcre2-dev'], ['libpcre2-8-0']),
  wand: need([], ['imagemagick']),
  weasyprint: need([], ['libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0', 'fonts-dejavu-core']),
};

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

/** Extras that bring what the package otherwise takes from the system. */
export const SELF_CONTAINED_EXTRAS: Readonly<Record<string, readonly string[]>> = { psycopg: ['binary', 'c'] };

/** What an extra needs in place of the package's own needs. */
export const EXTRA_NATIVE: Readonly<Record<string, NativeNeed>> = {
  'psycopg[c]': need([COMPILER, 'libpq-dev'], ['libpq5']),
};

/** By program, as the code calls it. */
export const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  '7z': ['p7zip-full'],
  convert: ['imagemagick'],
  curl: ['curl'],
  dot: ['graphviz'],
  'espeak-ng': ['espeak-ng'],
  exiftool: ['libimage-exiftool-perl'],
  ffmpeg: ['ffmpeg'],
  ffprobe: ['ffmpeg'],
  git: ['git'],
  gs: ['ghostscript'],
  identify: ['imagemagick'],
  jpegoptim: ['jpegoptim'],
  libreoffice: ['libreoffice-core', 'libreoffice-writer'],
  magick: ['imagemagick'],
  mogrify: ['imagemagick'],
  mysqldump: ['default-mysql-client'],
  optipng: ['optipng'],
  pandoc: ['pandoc'],
  pdfinfo: ['poppler-utils'],
  pdftoppm: ['poppler-utils'],
  pdftotext: ['poppler-utils'],
  pg_dump: ['postgresql-client'],
  pg_restore: ['postgresql-client'],
  qpdf: ['qpdf'],
  rsync: ['rsync'],
  soffice: ['libreoffice-core', 'libreoffice-writer'],
  sox: ['sox'],
  ssh: ['openssh-client'],
  tesseract: ['tesseract-ocr'],
  unzip: ['unzip'],
  wget: ['wget'],
  zip: ['zip'],
};
