"""Checks in the image itself that its Python packages can work: every shared library they need is there, and every declared package
can be imported. Exits 1 and says for each what is missing and what to add. A package of which the app imports nothing may lack
another Python package: of that it only tells.

Usage: check-packages.py --libraries FILE [--skip NAME]... [--own MODULE]... [--imports NAME,...] [--worker CLASS] PACKAGE... ; the
declared packages, by their names in the package index, the app's own modules, which are not there yet, what it imports of others, and
the class of gunicorn's workers, which may need more than gunicorn does. FILE says in JSON which Debian packages hold a library, by the
beginning of the library's name; a package is a name, or names by release.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
from argparse import ArgumentParser
from pathlib import Path

try:
    from importlib import metadata
except ImportError:
    import old_metadata as metadata

SITE = Path(sysconfig.get_path("purelib"))

# Both outputs as text, in words that every Python knows.
TEXT = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "universal_newlines": True}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def in_release(package, release):
    """The name of a package in a release of Debian; one that nobody knows yet is more like the newest than the others."""
    return package if isinstance(package, str) else package.get(release, list(package.values())[-1])


def fix_for(text, holders):
    """What to add for the library or module that a message names first."""
    module = re.search(r"No module named '([\w.]+)'", text)
    if module:
        return f"add the Python package with {module.group(1)} to the dependencies"
    gone = re.search(r"cannot import name '\w+' from '(\w+)", text)
    if gone:
        return f"the versions of its packages do not fit together: pin the one that brings {gone.group(1)} to a release of its time"
    # Packages that were split say what has become of their part.
    split = re.search(r"(?:separate|another|own) (?:project|package):? ['\"]?([A-Za-z][\w.-]*\w)|pip3? install ['\"]?([A-Za-z][\w.-]*\w)", text)
    if split:
        return f"add {split.group(1) or split.group(2)} to the dependencies"
    named = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.M)
    release = named and named.group(1)
    for beginning, packages in holders.items():
        if beginning in text:
            names = ", ".join(in_release(package, release) for package in packages)
            return f"write in quayside.yaml: native: {{ runtime: [{names}] }}"
    named = re.search(r"lib[\w+.-]*\.so[\w.]*", text) or re.search(r"library called ['\"][\w+.-]+", text)
    if named:
        return f"add the Debian package with {named.group(0)} in quayside.yaml: native: {{ runtime: [...] }}"
    if re.match(r"(ImportError|ModuleNotFoundError)\b", text):
        return "pin it, or what it imports, to releases that work together; native: { unchecked: [...] } in quayside.yaml leaves it out of this check"
    return "write in quayside.yaml: native: { runtime: [...] }"


def libraries(distribution):
    """The libraries that a package's extension modules need, by themselves or through others, and that are nowhere; what
    the package carries itself counts."""
    # Not the libraries it carries: some are for plugins only, such as a window toolkit's that no server opens.
    files = [SITE / str(file) for file in distribution.files or [] if re.search(r"(^|/)(?!lib)[^/]+\.so$", str(file))]
    carried = {Path(str(file)).name for file in distribution.files or []}
    there = [str(file) for file in files if file.exists()]
    if not there:
        return []
    # All of a package at once: to start a program takes a second where another processor is emulated.
    listed = subprocess.run(["ldd", *there], **TEXT)
    return sorted(set(re.findall(r"^\s*(\S+) => not found", listed.stdout, re.M)) - carried)


def modules(distribution):
    """The names that a package is imported by."""
    files = [str(file) for file in distribution.files or []]
    listed = (distribution.read_text("top_level.txt") or "").split()
    tops = {re.sub(r"\.py$", "", file.split("/")[0]) for file in files if re.match(r"[A-Za-z]\w*(/__init__)?\.py$", file)}
    tops |= {re.match(r"[A-Za-z]\w*", file).group(0) for file in files if re.match(r"[A-Za-z]\w*\.[\w.-]*so$", file)}
    names = [name for name in listed if re.fullmatch(r"[A-Za-z]\w*", name)] or sorted(tops)
    return [name for name in names if name not in {"test", "tests", "docs", "examples", "setup", "uwsgidecorators"}]


TOGETHER = """
import contextlib, importlib, io, os, sys
for name in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            importlib.import_module(name)
        except BaseException:
            continue
    print(name, flush=True)
# Threads that an import has started would keep it waiting.
os._exit(0)
"""


def importable(names):
    """Those of some modules that can be imported in one process, which is quicker than one for each: most import the same others. One
    that cannot may do so by itself, and one that ends the process says nothing of those behind it."""
    try:
        done = subprocess.run([sys.executable, "-c", TOGETHER, *names], timeout=120, **TEXT)
    except subprocess.TimeoutExpired:
        return set()
    return set(done.stdout.splitlines())


def import_problem(code, own=()):
    """Why an import fails for want of something in the image; None when it does not, or for another reason: a plugin of the app
    imports what is there later."""
    done = subprocess.run([sys.executable, "-c", code], timeout=120, **TEXT)
    # An error's message may have several lines; the first error of a chain is the cause.
    raised = [line for line in done.stderr.strip().splitlines() if line[:1] != " "]
    if not done.returncode:
        return None
    kinds = r"([\w.]+\.)?(ImportError|ModuleNotFoundError|OSError)\b"
    # Other errors are about settings or order of imports, which only the app can know.
    problem = next((line for line in raised if re.match(kinds, line) and "should be imported before" not in line), None)
    missing = re.search(r"No module named '(\w+)", problem or "")
    return None if missing and missing.group(1) in own else problem


# What other packages lack, and no library of the system.
OF_PYTHON = re.compile(r"No module named '|cannot import name '")


def main(arguments):
    options = ArgumentParser()
    options.add_argument("--libraries", type=Path, required=True)
    options.add_argument("--skip", action="append", default=[], type=normal)
    options.add_argument("--own", action="append", default=[])
    options.add_argument("--imports", default="")
    options.add_argument("--worker")
    options.add_argument("packages", nargs="*", type=normal)
    given = options.parse_args(arguments)
    holders = json.loads(given.libraries.read_text())
    problems, unused = [], []
    found = [(normal(item.metadata["Name"]), item) for item in metadata.distributions(path=[str(SITE)])]
    checked = sorted((pair for pair in found if pair[0] not in given.skip), key=lambda pair: pair[0])
    working = importable([module for name, item in checked if name in given.packages for module in modules(item)])
    for name, distribution in checked:
        problems += [(name, f"its libraries need {missing}, which is not in the image", missing) for missing in libraries(distribution)]
        # Of several modules some may be for other uses of the package: one that works is enough.
        if name in given.packages and not any(problem[0] == name for problem in problems) and not working & set(modules(distribution)):
            results = [import_problem(f"import importlib; importlib.import_module({module!r})", given.own) for module in modules(distribution)]
            if results and all(results):
                is_used = bool(set(modules(distribution)) & set(given.imports.split(","))) or not OF_PYTHON.search(results[0])
                (problems if is_used else unused).append((name, f"it cannot be imported: {results[0]}", results[0]))
    worker = given.worker and import_problem(f"from gunicorn.util import load_class; load_class({given.worker!r})")
    if worker:
        problems.append(("gunicorn", f"its {given.worker} worker cannot be imported: {worker}", worker))
    for name, problem, _ in unused:
        print(f"quayside: {name}, of which the app imports nothing: {problem}", file=sys.stderr)
    for name, problem, text in problems:
        print(f"{name}: {problem}\n  fix: {fix_for(text, holders)}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main(sys.argv[1:]))
