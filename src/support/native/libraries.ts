/** Debian packages that hold libraries, for the check in an image that finds one missing. */
import { LIBLDAP } from './debian-packages.js';
import type { DebianPackage } from './definition.js';

/**
 * By what stands in the message about a missing library: the beginning of its file's name, or the words that a package uses
 * which opens it itself. The first that fits counts.
 */
export const LIBRARIES: Readonly<Record<string, readonly DebianPackage[]>> = {
  'libGL.so.1': ['libgl1'],
  'libgthread-2.0': ['libglib2.0-0'],
  'libglib-2.0': ['libglib2.0-0'],
  'libgobject-2.0': ['libglib2.0-0'],
  'libSM.so': ['libsm6'],
  'libXext.so': ['libxext6'],
  'libXrender.so': ['libxrender1'],
  'libX11.so': ['libx11-6'],
  'libpq.so': ['libpq5'],
  'libmariadb.so': ['libmariadb3'],
  'libmysqlclient.so': ['libmariadb3'],
  libmagic: ['libmagic1'],
  libzbar: ['libzbar0'],
  libcairo: ['libcairo2'],
  'library called "cairo': ['libcairo2'],
  "library 'gobject-2.0": ['libglib2.0-0'],
  libpango: ['libpango-1.0-0', 'libpangoft2-1.0-0'],
  libharfbuzz: ['libharfbuzz-subset0'],
  libvips: ['libvips42'],
  'libodbc.so': ['unixodbc'],
  libsndfile: ['libsndfile1'],
  'libgomp.so': ['libgomp1'],
  libxmlsec1: ['libxmlsec1-openssl'],
  libgdal: ['gdal-bin'],
  libgeos: ['libgeos-c1v5'],
  libenchant: ['libenchant-2-2'],
  libMagickWand: ['imagemagick'],
  libportaudio: ['libportaudio2'],
  libusb: ['libusb-1.0-0'],
  libatomic: ['libatomic1'],
  'libstdc++': ['libstdc++6'],
  libldap: [LIBLDAP],
  libsqlite3: ['libsqlite3-0'],
  libtesseract: ['tesseract-ocr'],
};
