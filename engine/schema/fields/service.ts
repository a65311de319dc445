/** Fields of Service. */
import { defineService } from '../../objects/service.js';
import { type Fields, object } from '../api.js';
import { forwardPorts } from './tunnel.js';

export const serviceFields: Fields<'Service'> = {
  hostname: value => value.hostname,
  ports: value => value.ports.map(p => object('Port', p)),
  endpoint(value, args) {
    const port = args.port || value.ports[0]?.port;
    if (port === undefined) throw new Error('no ports exposed');
    return `${args.scheme === '' ? '' : `${args.scheme}://`}${value.hostname}:${port}`;
  },
  withHostname(value, args) {
    const { digest: _, ...service } = value;
    return object('Service', defineService({ ...service, hostname: args.hostname }));
  },
  async start(value, _, api) {
    await api.services.start(value);
    return api.registry.idOf(object('Service', value));
  },
  sync: (value, _, api) => api.registry.idOf(object('Service', value)),
  async stop(value, args, api) {
    await api.services.stop(value, args.kill);
    return api.registry.idOf(object('Service', value));
  },
  async up(value, args, api) {
    await forwardPorts(api, value, args.ports, args.random);
    return null;
  },
};
