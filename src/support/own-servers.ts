/** Packages whose programs bring a server of their own, and the variables by which that is told where to listen. */

/** Variables by package: `{port}` stands for the port that the image answers on. */
const LISTEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // https://docs.streamlit.io/develop/concepts/configuration/options
  streamlit: {
    STREAMLIT_SERVER_ADDRESS: '0.0.0.0',
    STREAMLIT_SERVER_PORT: '{port}',
    STREAMLIT_SERVER_HEADLESS: 'true',
    STREAMLIT_BROWSER_GATHER_USAGE_STATS: 'false',
  },
  // https://www.gradio.app/guides/environment-variables
  gradio: { GRADIO_SERVER_NAME: '0.0.0.0', GRADIO_SERVER_PORT: '{port}', GRADIO_ANALYTICS_ENABLED: 'False' },
  // https://docs.chainlit.io/backend/command-line
  chainlit: { CHAINLIT_HOST: '0.0.0.0', CHAINLIT_PORT: '{port}' },
  // dash.Dash.run
  dash: { HOST: '0.0.0.0' },
};

/** The variables of those among some packages: without them such a server answers nobody outside of its container. */
export function listeningEnv(packages: readonly string[], port: number): Readonly<Record<string, string>> {
  const own = packages.flatMap(name => (Object.hasOwn(LISTEN, name) ? [LISTEN[name]!] : []));
  const entries = own.flatMap(values => Object.entries(values));
  return Object.fromEntries(entries.map(([name, value]) => [name, value.replace('{port}', `${port}`)]));
}
