"""Settles the conditions on one patch release of Python in lists of requirements: a project that is written for 3.11.7 alone is installed on
the newest 3.11, where its own condition would leave out everything.

Usage: settle-release.py RELEASE LIST...
"""

import re
import sys
from pathlib import Path

from pip._vendor.packaging.specifiers import SpecifierSet

CONDITION = re.compile(r"""python_full_version\s*(===?|!=|~=|<=|>=|<|>)\s*(["'])([\w.*]+)\2""")


def main(release, *lists):
    def settled(match):
        holds = SpecifierSet(match.group(1) + match.group(3)).contains(release)
        return 'python_version >= "3"' if holds else 'python_version < "3"'

    for path in map(Path, lists):
        path.write_text(CONDITION.sub(settled, path.read_text()))


if __name__ == "__main__":
    main(*sys.argv[1:])
