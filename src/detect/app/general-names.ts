/** Names that many apps have: for what an app is called among others, something else is looked for. */

const WORDS =
  'account|api|apis|app|application|apps|asgi|autoapp|backend|base|cli|client|cmd|code|common|conf|config|configuration|core|demo|dev|develop|django|docker|entrypoint|example|fastapi|flask|frontend|gunicorn|hello|home|index|lib|local|main|manage|my|new|package|packages|portfolio|prod|production|program|project|projects|python|quickstart|root|run|runserver|sample|scripts|server|service|services|settings|setup|site|source|src|start|starter|template|test|tests|ui|web|webapp|website|world|wsgi';

/** One such word, or several of them: `my-app`, `project-name`, `hello-world`. */
const GENERAL = new RegExp(`^(?:${WORDS}|name|mysite|myapp|myproject|myshop)(?:-(?:${WORDS}|name|\\d+))*$`);

/** Whether a name says nothing of the app that has it. */
export function isGeneralName(name: string): boolean {
  return GENERAL.test(name);
}
