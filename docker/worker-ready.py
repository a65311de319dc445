"""Whether a worker works, asked the way its framework has for it: one that waits for its broker lives as well as one that took a task.

Usage: worker-ready.py GROUP COMMAND… ; GROUP is the worker's process group. Exits 0 when it answers, and when its framework has no way to ask.
"""

import argparse
import os
import sys

SECONDS = 2.0


def celery(group, words):
    """Celery's remote control; each worker of the image tells its process, for they may have one name."""
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("-A", "--app", default=os.environ.get("CELERY_APP", "celery"))
    options.add_argument("-b", "--broker", default=os.environ.get("CELERY_BROKER"))
    options.add_argument("--workdir", default=".")
    given, _ = options.parse_known_args(words)
    os.chdir(given.workdir)
    sys.path.insert(0, os.getcwd())
    from celery.app.utils import find_app  # noqa: PLC0415

    app = find_app(given.app)
    if given.broker:
        app.conf.update(broker_url=given.broker)
    with app.connection() as connection:
        # Some brokers carry tasks and no questions, and some lie inside of the worker.
        asks = getattr(getattr(connection.transport, "implements", None), "exchange_type", ())
        if "fanout" not in asks or connection.transport.driver_type == "memory":
            return True
        if not getattr(app.conf, "worker_enable_remote_control", True):
            return True
        replies = app.control.broadcast("stats", reply=True, timeout=SECONDS, connection=connection)
    pids = [told["pid"] for reply in replies or () for told in reply.values() if "pid" in told]
    return any(os.getpgid(pid) == group for pid in pids)


def arq(_, words):
    """The note that arq's worker leaves with its broker."""
    settings = [word for word in words if not word.startswith("-")]
    os.execvp("arq", ["arq", "--check", *settings[:1]])


def main(group, *command):
    words = list(command[2:] if command[:2] == ("python", "-m") else command)
    program = os.path.basename(words[0])
    if program == "celery" and "worker" in words:
        return celery(int(group), words[1:])
    if program == "arq":
        return arq(int(group), words[1:])
    return True


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
