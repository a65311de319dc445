"""Settles the conditions on one patch release of Python in lists of requirements: a project that is written for 3.11.7 alone is installed on
another 3.11, where its own condition would leave out everything. What that other release needs beside it stays in.

Usage: settle-release.py RELEASE LIST...
"""

import platform
import re
import sys
from pathlib import Path

from pip._vendor.packaging.markers import Marker
from pip._vendor.packaging.specifiers import SpecifierSet

CONDITION = re.compile(r"""python_full_version\s*(===?|!=|~=|<=|>=|<|>)\s*(["'])([\w.*]+)\2""")


NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def name_of(line):
    named = NAME.match(line)
    return named and re.sub(r"[-_.]+", "-", named.group(0)).lower()


def is_meant(line, release):
    """Whether a line is for one patch release, as far as its condition goes."""
    condition = line.partition(" ;")[2].partition("--hash")[0].rstrip("\\\n ")
    return not condition or Marker(condition).evaluate({"python_full_version": release})


def settled(line, release, listed):
    """The line with its conditions as they are for the release; for the Python that runs, where no other line has the package."""
    own = platform.python_version()
    chosen = own if not is_meant(line, release) and name_of(line) not in listed and is_meant(line, own) else release

    def answer(match):
        return 'python_version >= "3"' if SpecifierSet(match.group(1) + match.group(3)).contains(chosen) else 'python_version < "3"'

    return CONDITION.sub(answer, line)


def main(release, *lists):
    for path in map(Path, lists):
        lines = path.read_text().splitlines(keepends=True)
        listed = {name_of(line) for line in lines if is_meant(line, release)}
        path.write_text("".join(settled(line, release, listed) for line in lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
