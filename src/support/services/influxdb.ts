/** InfluxDB, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const influxdb: ForeignServiceDefinition = {
  run: false,
  rank: 180,
  title: 'InfluxDB',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['influxdb', 'influxdb-client', 'influxdb3-python'],
  variables: /(^|_)INFLUX(DB)?_/,
  texts: /^influxdb:\/\//,
};
