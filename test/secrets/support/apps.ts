/** Apps that need what a private index has. */

/** Answers with what the private package of Python says. */
export const MONEY_APP = `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import corp_money


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(corp_money.RATE).encode())


HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Answer).serve_forever()
`;

/** Hands out what the frontend's build left, which the private package of Node has a part in. */
export const PAGES_APP = `
import os
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

pages = partial(SimpleHTTPRequestHandler, directory="frontend/dist")
HTTPServer(("0.0.0.0", int(os.environ["PORT"])), pages).serve_forever()
`;

/** How such an app is started, with what is declared for its build. */
export function quaysideYaml(secrets: string, more = ''): string {
  return `server: { command: [python, main.py], port: 8000 }\nsecrets: { ${secrets} }\n${more}`;
}
