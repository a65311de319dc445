/** Messages about the app: framework, entry point, server, processes. */

export const APP_MESSAGES = {
  QS301: {
    title: 'No supported web framework among the dependencies',
    about: 'None of Flask, FastAPI (or Starlette) and Django is a main dependency.',
  },
  QS302: {
    title: 'No entry point found',
    about:
      'No module of the app creates an app object at its top level or has a function that creates and returns one.',
  },
  QS303: {
    title: 'More than one entry point',
    about: 'Several objects could be the app. Quayside asks instead of guessing.',
  },
  QS304: {
    title: 'The app factory needs arguments',
    about: 'The only function that creates the app has parameters without defaults, which a server cannot supply.',
  },
  QS305: {
    title: 'The production server is not a main dependency',
    about:
      'A server must be installed with the app: gunicorn, granian or hypercorn for WSGI, uvicorn, hypercorn or granian for ASGI. The image has nothing the lock file does not name.',
  },
  QS306: {
    title: 'The configured entry point does not exist',
    about: 'server.entry names a module or an attribute that is not in the source.',
  },
  QS307: {
    title: 'A Python file cannot be read as Python',
    about:
      'A bracket or a string is never closed, so what stands in the file is unknown. The file would fail at import as well.',
  },
  QS308: {
    title: 'gunicorn has no eventlet workers any more',
    about: 'The app declares eventlet for its workers. gunicorn 26 dropped them; older versions warn about them.',
  },
  QS309: {
    title: 'What a worker runs is not clear',
    about: 'The app uses Celery, and the code shows no Celery object to start a worker with, or several.',
  },
  QS310: {
    title: 'No such component',
    about: 'An image was asked for of a process that the app does not have.',
  },
  QS311: {
    title: 'The gateway is not clear',
    about:
      "The templates of the app's nginx have a variable whose name does not say what it stands for, or there are none.",
  },
} as const;
