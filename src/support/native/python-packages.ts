/** Debian packages that Python packages need, by the names of these. */
import { COMPILER, LIBLDAP } from './debian-packages.js';
import { type NativeNeed, need } from './definition.js';

const MYSQLCLIENT = need([COMPILER, 'pkg-config', 'default-libmysqlclient-dev'], ['libmariadb3']);

/**
 * By Python package: those without wheels for Linux, and those that open a library of the system at run time. Packages
 * whose wheels carry all they need (Pillow, lxml, cryptography, numpy) are not here.
 */
export const PYTHON_NATIVE: Readonly<Record<string, NativeNeed>> = {
  cairocffi: need([], ['libcairo2']),
  cairosvg: need([], ['libcairo2']),
  dlib: need([COMPILER, 'cmake', 'libopenblas-dev', 'liblapack-dev'], ['libopenblas0', 'liblapack3']),
  'ffmpeg-python': need([], ['ffmpeg']),
  gdal: need([COMPILER, 'libgdal-dev'], ['gdal-bin']),
  graphviz: need([], ['graphviz']),
  gssapi: need([COMPILER, 'libkrb5-dev'], ['libgssapi-krb5-2']),
  kerberos: need([COMPILER, 'libkrb5-dev'], ['libgssapi-krb5-2']),
  lightgbm: need([], ['libgomp1']),
  m2crypto: need([COMPILER, 'swig', 'libssl-dev'], ['libssl3']),
  mariadb: need([COMPILER, 'libmariadb-dev'], ['libmariadb3']),
  mysqlclient: MYSQLCLIENT,
  'flask-mysqldb': MYSQLCLIENT,
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
  'yt-dlp': need([], ['ffmpeg']),
  pyenchant: need([], ['libenchant-2-2']),
  pypandoc: need([], ['pandoc']),
  rpy2: need([COMPILER, 'r-base-dev', 'libtirpc-dev'], ['r-base-core']),
  'camelot-py': need([], ['ghostscript']),
  ocrmypdf: need([], ['tesseract-ocr', 'ghostscript']),
  pygobject: need(
    [COMPILER, 'pkg-config', 'libgirepository1.0-dev', 'libcairo2-dev'],
    ['libgirepository-1.0-1', 'gir1.2-glib-2.0'],
  ),
  pygraphviz: need([COMPILER, 'libgraphviz-dev'], ['graphviz']),
  pylibmc: need([COMPILER, 'libmemcached-dev', 'zlib1g-dev'], ['libmemcached11']),
  pyodbc: need([], ['unixodbc']),
  pytesseract: need([], ['tesseract-ocr']),
  'python-ldap': need([COMPILER, 'libldap2-dev', 'libsasl2-dev'], [LIBLDAP, 'libsasl2-2']),
  'python-magic': need([], ['libmagic1']),
  pyvips: need([], ['libvips42']),
  pyzbar: need([], ['libzbar0']),
  'systemd-python': need([COMPILER, 'pkg-config', 'libsystemd-dev'], ['libsystemd0']),
  uwsgi: need([COMPILER, 'libpcre2-dev'], ['libpcre2-8-0']),
  wand: need([], ['imagemagick']),
  weasyprint: need([], ['libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0', 'fonts-dejavu-core']),
};

/** Extras that bring what the package otherwise takes from the system. */
export const SELF_CONTAINED_EXTRAS: Readonly<Record<string, readonly string[]>> = { psycopg: ['binary', 'c'] };

/** What an extra needs in place of the package's own needs. */
export const EXTRA_NATIVE: Readonly<Record<string, NativeNeed>> = {
  'psycopg[c]': need([COMPILER, 'libpq-dev'], ['libpq5']),
};
