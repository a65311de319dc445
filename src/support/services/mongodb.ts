/** MongoDB, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const mongodb: ForeignServiceDefinition = {
  run: false,
  rank: 100,
  title: 'MongoDB',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['pymongo', 'motor', 'mongoengine', 'flask-pymongo', 'flask-mongoengine', 'beanie', 'odmantic', 'djongo'],
  modules: ['bson'],
  variables: /(^|_)MONGO(DB)?_/,
  texts: /^mongodb(\+srv)?:\/\/|^djongo$|django_mongodb/,
};
