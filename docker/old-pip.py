"""Runs the pip of Python 3.6 as if it were a newer one: it installs into another environment, builds every package by itself, and is not told
what it does not know.

Usage: old-pip.py --python PYTHON WORDS... ; PYTHON is the environment's, the words are pip's.
"""

import os
import sys
import tempfile
from pathlib import Path

import pip


def main(_, python, *words):
    # The environment sees pip, and nothing that lies beside it.
    directory = Path(tempfile.mkdtemp())
    (directory / "pip").symlink_to(Path(pip.__file__).parent)
    path = os.pathsep.join(filter(None, [str(directory), os.environ.get("PYTHONPATH")]))
    known = [word for word in words if not word.startswith("--root-user-action")]
    os.execve(python, [python, "-m", "pip", *known], {**os.environ, "PYTHONPATH": path, "PIP_USE_PEP517": "1"})


if __name__ == "__main__":
    main(*sys.argv[1:])
