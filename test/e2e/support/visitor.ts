/** Someone who opens pages and sends forms, and keeps cookies. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { request as encrypted } from 'node:https';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Visitor {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends a form. A redirect is an answer; nobody follows it. */
  post(path: string, fields: Readonly<Record<string, string | File>>): Promise<Answer>;
}

/**
 * A visitor without any cookies yet.
 * @param origin what comes before each path, such as http://127.0.0.1:8000
 * @param ca the authority to trust, for https
 */
export function visitor(origin: string, ca?: string): Visitor {
  const cookies = new Map<string, string>();

  async function ask(path: string, init: RequestInit): Promise<Answer> {
    // Fetch itself trusts no authority that comes later, but it knows how forms are sent.
    const packed = new Request(new URL(path, origin), init);
    const headers = {
      ...Object.fromEntries(packed.headers),
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    };
    const content = Buffer.from(await packed.arrayBuffer());
    return new Promise((resolve, reject) => {
      const send = packed.url.startsWith('https:') ? encrypted : request;
      send(
        packed.url,
        { method: packed.method, headers: { ...headers, 'content-length': content.length }, ca },
        response => {
          for (const cookie of response.headers['set-cookie'] ?? []) {
            const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
            cookies.set(name, value);
          }
          buffer(response).then(
            body => resolve({ status: response.statusCode!, headers: response.headers, body, text: body.toString() }),
            reject,
          );
        },
      )
        .once('error', reject)
        .end(content);
    });
  }

  return {
    get: (path, headers = {}) => ask(path, { headers }),
    post(path, fields) {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      return ask(path, { method: 'POST', body: form });
    },
  };
}
