"""Writes the packages of Pipfile.lock or pdm.lock as a list that pip installs with --require-hashes --no-deps.

Usage: lock-requirements.py LOCK GROUP... ; a group is a category of Pipfile.lock or a group of pdm.lock.
"""

import json
import sys
from pathlib import Path


def pipfile_packages(text, groups):
    """(requirement, hashes) of each package in the categories."""
    lock = json.loads(text)
    for group in groups:
        for name, package in lock.get(group, {}).items():
            marker = package.get("markers")
            if "git" in package:
                yield from_git(name, package["git"], package["ref"], package.get("subdirectory"), marker), []
                continue
            yield requirement(name, package["version"].lstrip("="), marker), package["hashes"]


def pdm_packages(text, groups):
    """(requirement, hashes) of each package that one of the groups needs."""
    try:
        import tomllib
    except ImportError:  # before Python 3.11
        from pip._vendor import tomli as tomllib
    for package in tomllib.loads(text)["package"]:
        if not set(groups) & set(package["groups"]):
            continue
        if "git" in package:
            revision, directory = package["revision"], package.get("subdirectory")
            yield from_git(package["name"], package["git"], revision, directory, package.get("marker")), []
        else:
            hashes = [file["hash"] for file in package["files"]]
            yield requirement(package["name"], package["version"], package.get("marker")), hashes


def from_git(name, repository, commit, directory, marker):
    fragment = f"#subdirectory={directory}" if directory else ""
    return f"{name} @ git+{repository}@{commit}{fragment}" + (f" ; {marker}" if marker else "")


def requirement(name, version, marker):
    return f"{name}=={version}" + (f" ; {marker}" if marker else "")


def main(path, *groups):
    text = Path(path).read_text()
    packages = pdm_packages if path.endswith("pdm.lock") else pipfile_packages
    # A package stands once for itself and once for each of its extras, whose own needs are listed as well.
    listed = dict(sorted(packages(text, groups)))
    for line, hashes in listed.items():
        print(" \\\n    ".join([line, *(f"--hash={value}" for value in sorted(set(hashes)))]))


if __name__ == "__main__":
    main(*sys.argv[1:])
