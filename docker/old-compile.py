"""Compiles what lies below a directory for Python 3.6, whose bytecode is valid by the time of its source alone: each source gets the time that it has in a layer,
which is made of its content.

Usage: old-compile.py [-x PATTERN] DIRECTORY; paths with the pattern are left out.
"""

import compileall
import hashlib
import os
import re
import sys
from pathlib import Path

# As layers are written: 1980-01-01T00:00:01Z, and as many seconds later as the content says.
FIRST, SPAN = 315532801, 2**29


def settle(path):
    digest = hashlib.sha256(path.read_bytes()).digest()
    time = FIRST + int.from_bytes(digest[:4], "big") % SPAN
    os.utime(str(path), (time, time))


def main(directory, pattern=None):
    for path in Path(directory).rglob("*.py"):
        if path.is_file() and not path.is_symlink():
            settle(path)
    rx = re.compile(pattern) if pattern else None
    return 0 if compileall.compile_dir(directory, 100, force=True, rx=rx, quiet=2, workers=0) else 1


if __name__ == "__main__":
    *options, place = sys.argv[1:]
    sys.exit(main(place, *options[1:]))
