/** MongoDB. */
import type { RunServiceDefinition } from './definition.js';

const URL_OF_MONGODB = { scheme: 'mongodb', plain: 'mongodb', counts: 'used' } as const;

export const mongodb: RunServiceDefinition = {
  run: true,
  rank: 31,
  title: 'MongoDB',
  doc: 'by pymongo, motor, mongoengine, beanie, odmantic, Flask-PyMongo or djongo',
  isDatabase: false,
  drivers: [
    {
      packages: [
        'pymongo',
        'motor',
        'mongoengine',
        'flask-pymongo',
        'flask-mongoengine',
        'beanie',
        'odmantic',
        'djongo',
        'django-mongodb-backend',
      ],
      modules: ['bson'],
      ...URL_OF_MONGODB,
    },
  ],
  variables: [
    /^MONGO(DB)?_{1,2}(UR[IL]|DSN)$/,
    /(^|_)MONGO(DB)?_?(DB_?|DATABASE_?)?(UR[IL]|DSN|CONNECTION(_STRING|_UR[IL])?|CONN_STR|DETAILS)$/,
    /^MONGO(HQ|LAB)_UR[IL]$/,
  ],
  example: 'MONGODB_URL',
  schemes: /^mongodb(\+srv)?$/,
  prefixes: ['MONGO', 'MONGODB', 'MONGO_INITDB', 'MONGO_INITDB_ROOT'],
  settings: [
    { key: 'MONGO_URI', holds: 'address' },
    { key: 'MONGODB_HOST', holds: 'address' },
  ],
  own: /(^|_)MONGO(DB)?_/,
  goesWithout: true,
  takesDatabase: true,
  isOpen: true,
  programs: ['mongod'],
  images: [
    { repository: 'mongo' },
    { repository: 'bitnami/mongodb' },
    { repository: 'mongodb/mongodb-community-server' },
  ],
  sharesMessages: false,
  seenByBrowsers: false,
};
