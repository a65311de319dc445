"""Installs packages beside those of an app that does not have them: what the app's environment has already stays as it is, and they must
be content with it. Where they are not, older versions are looked for that are; else it exits 1 and says what is not so, and what to do.

Usage: bring-packages.py VENV LIST [FIX] ; LIST is a file of requirements, some with hashes. FIX: what to do, for packages of which no other
version will do.
"""

import compileall
import os
import py_compile
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    from importlib import metadata
except ImportError:
    import old_metadata as metadata
try:
    from packaging.markers import default_environment
    from packaging.requirements import Requirement
except ImportError:  # pip carries it
    from pip._vendor.packaging.markers import default_environment
    from pip._vendor.packaging.requirements import Requirement

PIP = "--retries 5 --timeout 15 --no-compile --no-input --disable-pip-version-check --root-user-action=ignore".split()


# Valid whatever the times of files are, where Python knows that; and its pip, which knows no other environment before 3.7.
IS_OLD = sys.version_info < (3, 7)
COMPILED = {} if IS_OLD else {"invalidation_mode": py_compile.PycInvalidationMode.UNCHECKED_HASH}
RUN_PIP = [str(Path(__file__).with_name("old-pip.py"))] if IS_OLD else ["-m", "pip"]


def normal(name):
    return "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)


def installed(site):
    return {normal(found.metadata["Name"]): found for found in metadata.distributions(path=[str(site)])}


def listed(text):
    """(requirement, text) of each entry; what goes on in further lines belongs to it."""
    for entry in text.replace("\\\n", " ").splitlines():
        if entry.strip():
            yield Requirement(entry.split(" --hash")[0]), entry


def applies(requirement, extra=""):
    return requirement.marker is None or requirement.marker.evaluate({**default_environment(), "extra": extra})


def unmet(name, have, seen):
    """(who, what it needs, which version there is) of each need of a package that is not met, and of what it needs in turn."""
    if name in seen:
        return
    seen.add(name)
    for text in have[name].requires or []:
        requirement = Requirement(text)
        if not applies(requirement):
            continue
        found = have.get(normal(requirement.name))
        if found is None or not requirement.specifier.contains(found.version, prereleases=True):
            yield name, f"{requirement.name}{requirement.specifier}", found and found.version
        else:
            yield from unmet(normal(requirement.name), have, seen)


def pip(venv, before, entries, options):
    """Installs what is not there yet, and touches nothing else."""
    with tempfile.TemporaryDirectory() as directory:
        requirements, pins = Path(directory, "requirements.txt"), Path(directory, "pins.txt")
        requirements.write_text("\n".join(entries) + "\n")
        pins.write_text("".join(f"{name}=={found.version}\n" for name, found in before.items()))
        how = [str(pins) if option == "PINS" else option for option in options]
        python = str(venv / "bin/python")
        command = [sys.executable, *RUN_PIP, "--python", python, "install", *PIP, *how, "-r", str(requirements)]
        return subprocess.run(command).returncode


def wanting(wanted, after):
    names = [normal(requirement.name) for requirement, _ in wanted]
    return list(dict.fromkeys(need for name in names if name in after for need in unmet(name, after, set())))


def main(venv, path, fix=None):
    venv = Path(venv)
    site = next(venv.glob("lib/python*/site-packages"))
    before = installed(site)
    entries = [(requirement, entry) for requirement, entry in listed(Path(path).read_text()) if applies(requirement)]
    wanted = [(requirement, entry) for requirement, entry in entries if normal(requirement.name) not in before]
    others = [(normal(requirement.name), entry) for requirement, entry in wanted if "--hash=" not in entry]
    # What the app's author pins goes before what was locked beside it.
    theirs = {name for name, _ in others}
    hashed = [entry for requirement, entry in wanted if "--hash=" in entry and normal(requirement.name) not in theirs]
    code = pip(venv, before, hashed, ["--no-deps", "--require-hashes"]) if hashed else 0
    code = code or (pip(venv, installed(site), [entry for _, entry in others], ["--constraint", "PINS"]) if others else 0)
    problems = [] if code else wanting(entries if fix else wanted, installed(site))
    if problems and not fix:
        # Their versions were chosen without the app's: any that are content with these will do.
        print("looking for versions that are content with what the app has", file=sys.stderr)
        free = [requirement.name for requirement, _ in wanted if normal(requirement.name) not in theirs]
        names = [*(entry for _, entry in others), *free]
        code, problems = pip(venv, before, names, ["--constraint", "PINS"]), []
    if code:
        return code
    after = installed(site)
    for name in after.keys() - before.keys():
        for file in after[name].files or []:
            if file.suffix == ".py" and (site / file).exists():
                compileall.compile_file(str(site / file), quiet=2, **COMPILED)
    for who, need, there in problems:
        have = f"the app has {there}" if there else "which is not there"
        print(f"{who}: it needs {need}, and {have}\n  fix: {fix}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main(*sys.argv[1:]))
