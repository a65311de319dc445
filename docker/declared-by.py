"""Prints what the project in a directory depends on, one requirement a line, as pip finds it: the tool that builds the project is asked.

Usage: declared-by.py DIRECTORY [EXTRA...]
"""

import json
import subprocess
import sys

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

COMMAND = ["install", "--dry-run", "--no-deps", "--ignore-installed", "--quiet", "--no-input", "--disable-pip-version-check"]


def main(directory, *extras):
    report = subprocess.run(
        [sys.executable, "-m", "pip", *COMMAND, "--root-user-action=ignore", "--report", "-", directory], stdout=subprocess.PIPE, check=False
    )
    if report.returncode != 0:
        return report.returncode
    named = {canonicalize_name(extra) for extra in extras}
    for item in json.loads(report.stdout)["install"]:
        for line in item["metadata"].get("requires_dist", []):
            requirement = Requirement(line)
            marker = requirement.marker
            # A condition on nothing but an extra holds once it is asked for; any other stays for the machine that installs.
            if marker is None or "extra" not in str(marker):
                print(line)
            elif any(marker.evaluate({"extra": extra}) for extra in named):
                requirement.marker = None
                print(requirement)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
