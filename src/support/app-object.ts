/** The object that serves requests, as servers and frameworks know it. */

import { defined } from '../source/defined.js';

/** How a server talks to an app. */
export type Protocol = 'wsgi' | 'asgi';

/** An app object, or the factory that makes one. */
export interface AppObject {
  readonly module: string;
  readonly attribute: string;
  readonly call: 'object' | 'factory';
  /** What a factory is called with, as Python writes it: `'production'`. */
  readonly arguments?: string;
  readonly protocol: Protocol;
}

/** `module:attribute`. */
export function objectName({ module, attribute }: Pick<AppObject, 'module' | 'attribute'>): string {
  return `${module}:${attribute}`;
}

/** `module:attribute`, a factory with its call: as most servers and quayside.yaml write it. */
export function objectReference(app: AppReference): string {
  return `${app.module}${app.attribute === undefined ? '' : `:${app.attribute}`}${app.call === 'factory' ? `(${app.arguments ?? ''})` : ''}`;
}

/** What a command line or a configuration names as the app; a module alone leaves the attribute to the server. */
export interface AppReference {
  readonly module: string;
  readonly attribute?: string;
  readonly call: AppObject['call'];
  readonly arguments?: string;
}

const REFERENCE = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?::([A-Za-z_]\w*)(?:\(\s*(.*?)\s*\))?)?$/s;

/** Reads `module`, `module:attribute` or `module:factory(arguments)`; undefined when the text is none of them. */
export function readReference(text: string): AppReference | undefined {
  const [, module, attribute, given] = REFERENCE.exec(text) ?? [];
  if (module === undefined) return undefined;
  const call = given === undefined ? 'object' : 'factory';
  return defined({ module, attribute, call, arguments: given === '' ? undefined : given } as const);
}
