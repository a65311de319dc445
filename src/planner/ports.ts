/** The ports that the app's processes answer on: no two of them on one. */

/** Ports by what answers on them. */
export interface Ports {
  readonly app: number;
  /** The frontend's own server. */
  readonly frontend: number;
  /** nginx, without TLS and with it. */
  readonly http: number;
  readonly https: number;
  /** nginx that hands out uploads. */
  readonly media: number;
  /** Where a debugger attaches. */
  readonly debugger: number;
}

/** Chooses the ports: the app has the one that is asked for, the others the next free ones from their usual ones on. */
export function choosePorts(asked = 8000): Ports {
  const taken = new Set([asked]);
  const choose = (usual: number): number => {
    const port = taken.has(usual) ? choose(usual + 1) : usual;
    taken.add(port);
    return port;
  };
  return {
    app: asked,
    frontend: choose(3000),
    http: choose(8080),
    https: choose(8443),
    debugger: choose(5678),
    media: choose(8090),
  };
}
