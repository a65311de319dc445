/** Filling in what is only known where things run. */
import type { Template } from './types.js';

/** What a template's parts stand for in one place. */
export interface Filling {
  readonly host: string;
  readonly port: string;
  readonly password: string;
}

/** The text of a template. */
export function fillTemplate(template: Template, filling: Filling): string {
  return template.map(part => (part.kind === 'text' ? part.text : filling[part.kind])).join('');
}

/** Whether a template has a password in it. */
export function isSecretTemplate(template: Template): boolean {
  return template.some(({ kind }) => kind === 'password');
}
