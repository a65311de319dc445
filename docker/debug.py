"""Starts a command under debugpy, where it is a program of Python: an editor may attach at any time, and nothing waits for one. What the program
starts is debugged as well, so reloaders may. Other commands are started as they are.

Usage: debug.py PORT COMMAND...
"""

import os
import shutil
import sys


def python_words(command):
    """What Python is started with to run a command; None where the command is no program of Python."""
    program = shutil.which(command[0]) or command[0]
    if os.path.basename(program).startswith("python"):
        return command[1:]
    with open(program, "rb") as file:
        first = file.readline()
    return [program, *command[1:]] if first.startswith(b"#!") and b"python" in first else None


def main(port, *command):
    words = python_words(list(command))
    if words is None:
        print(f"quayside: {command[0]} is no program of Python, and is not debugged", file=sys.stderr)
        os.execvp(command[0], command)
    # Frozen modules of the standard library have no lines to stop at, of which debugpy warns at each start.
    start = ["-Xfrozen_modules=off", "-m", "debugpy", "--listen", f"0.0.0.0:{port}", *words]
    os.execv(sys.executable, [sys.executable, *start])


if __name__ == "__main__":
    main(*sys.argv[1:])
