"""Finds installed packages that contradict each other although pip is content: one is held at a version, the other is the newest, of which
nobody says that it has to be.

Three contradictions are known. A package's own extra asks for a newer release of one that is pinned, and its code imports that. Or a module that
is imported with the declared packages, or with their test clients, takes a name from a package that has it no more. Or a declared package cannot
be imported, since one takes what a pinned one does not have yet, or refuses to be taken by a pinned one.
"""

import ast
import json
import re
import runpy
import subprocess
from pathlib import Path

try:
    from importlib import metadata
except ImportError:
    import old_metadata as metadata
try:
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
    from pip._vendor.packaging.version import Version
except ImportError:
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import Version

LISTS = runpy.run_path(str(Path(__file__).with_name("check-installed.py")))
normal = LISTS["normal"]
# Modules of a framework that suites import, and nothing else.
CLIENTS = ("testclient", "testing", "test", "test_utils")
FROM = re.compile(r"^from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|.+(?:\\\n.+)*)", re.M)
IMPORT = re.compile(r"^import[ \t]+(.+)", re.M)


class Contradiction:
    """`moves` can give way to `holds`, which is installed in the version `at`."""

    def __init__(self, moves, holds, at, why):
        self.moves, self.holds, self.at, self.why = moves, holds, at, why


class Site:
    """What is installed in a directory."""

    def __init__(self, directory):
        self.directory = Path(directory).absolute()
        self.packages = {normal(item.metadata["Name"]): item for item in metadata.distributions(path=[str(directory)])}
        # Asked at once: a package may be gone by the time that it is asked for.
        self.versions = {name: item.version for name, item in self.packages.items()}
        self.owners, self.tops = {}, {}
        for name, item in self.packages.items():
            parts = (str(file).split("/") for file in item.files or [] if str(file).endswith((".py", ".so")))
            self.tops[name] = sorted({part[0].split(".")[0] for part in parts if re.match(r"[A-Za-z_]\w*(\.|$)", part[0])})
            self.owners.update((top, name) for top in self.tops[name])

    def owner(self, module):
        return self.owners.get(module.split(".")[0])

    def owner_of(self, file):
        """The package that a file belongs to."""
        path = Path(file)
        if self.directory not in path.parents:
            return None
        return self.owner(path.relative_to(self.directory).parts[0])

    def file(self, module):
        path = self.directory / module.replace(".", "/")
        return next((file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()), None)

    def has_module(self, module):
        path = self.directory / module.replace(".", "/")
        return path.is_dir() or any(path.parent.glob(f"{path.name}.*"))

    def text(self, module):
        file = self.file(module)
        return file.read_text(errors="replace") if file else ""


def needs(item, extra=""):
    """The requirements of a package that hold here, with an extra."""
    for text in item.requires or []:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def asks_for_newer(requirement, version):
    """Whether a version is a whole major release too old for a requirement: makers raise the least minor one without need, and one too new may do."""
    least = [Version(part.version) for part in requirement.specifier if part.operator in (">=", ">", "~=")]
    return not requirement.specifier.contains(version, prereleases=True) and any(one.major > Version(version).major for one in least)


def by_extras(site, pins):
    """Packages that work with another release alone of one that is pinned, as an extra says whose packages are all there."""
    for name, item in site.packages.items():
        if name in pins:
            continue
        plain = {str(need) for need in needs(item)}
        for extra in item.metadata.get_all("Provides-Extra") or []:
            wanted = [need for need in needs(item, extra) if str(need) not in plain and normal(need.name) != name]
            if not all(normal(need.name) in site.packages for need in wanted):
                continue
            for need in wanted:
                other = normal(need.name)
                version = site.versions[other]
                if other in pins and asks_for_newer(need, version) and imports(site, name, other):
                    yield Contradiction(name, other, version, f"it asks for {need.name}{need.specifier}")


def imports(site, name, other):
    """Whether a package's own code imports another package, somewhere; its tests do not count."""
    wanted = re.compile(rf"^\s*(?:import|from)\s+(?:{'|'.join(site.tops[other]) or '-'})\b", re.M)
    files = [str(file) for file in site.packages[name].files or [] if str(file).endswith(".py")]
    own = (site.directory / file for file in files if not re.search(r"(^|/)(tests?|conftest)[/.]", file))
    return any(wanted.search(file.read_text(errors="replace")) for file in own if file.exists())


def statements(site, module):
    """(module, names) of each import of a module that is made whatever happens: no name stands for the module itself."""
    text, file = site.text(module), site.file(module)
    package = module if file and file.name == "__init__.py" else module.rpartition(".")[0]
    for origin, listed in FROM.findall(text):
        dots = len(origin) - len(origin.lstrip("."))
        above = package.split(".")[: len(package.split(".")) - dots + 1] if dots else []
        names = re.sub(r"#.*|[()\\]", "", listed).split(",")
        yield ".".join([*above, *filter(None, [origin.lstrip(".")])]), [name.split()[0] for name in names if name.split()]
    for listed in IMPORT.findall(text):
        for name in re.sub(r"[#;].*", "", listed).split(","):
            if re.match(r"\s*[\w.]+", name):
                yield name.split()[0], []


def reached(site, starts):
    """(module, its imports) of all modules that are imported with some."""
    seen, waiting = set(), list(starts)
    while waiting:
        module = waiting.pop()
        if module in seen or site.file(module) is None:
            continue
        seen.add(module)
        imported = list(statements(site, module))
        yield module, imported
        for origin, names in imported:
            parts = origin.split(".")
            waiting += [".".join(parts[: index + 1]) for index in range(len(parts))]
            waiting += [f"{origin}.{name}" for name in names]


def taken(site, module, imported):
    """(module, name) of what a module takes of other packages."""
    owner, text = site.owner(module), None
    for origin, names in imported:
        if site.owner(origin) in (None, owner):
            continue
        yield from ((origin, name) for name in names if name != "*")
        text = text if text is not None else site.text(module)
        # Whoever asks for versions or catches what is missing works with both.
        careful = rf"\b(AttributeError|metadata|(hasattr|getattr)\(\s*{origin}|{origin}\.(__version__|VERSION|version))\b"
        if not names and "." not in origin and not re.search(careful, text):
            used = set(re.findall(rf"\b{origin}\.([A-Za-z]\w*)", text))
            yield from ((origin, name) for name in sorted(used) if not known(site, origin, name) and reads(text, origin, name))


def known(site, origin, name):
    """Whether a name may be a module's: it stands somewhere in its text, or is a module in it."""
    return re.search(rf"\b{name}\b", site.text(origin)) or site.has_module(f"{origin}.{name}")


def reads(text, origin, name):
    """Whether code has ORIGIN.NAME, and not its comments or texts alone; what has the module's name may be something else."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError):
        return False
    if any(isinstance(node, ast.arg) and node.arg == origin or isinstance(node, ast.Name) and node.id == origin and not isinstance(node.ctx, ast.Load) for node in nodes):
        return False
    return any(
        isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.value, ast.Name) and node.value.id == origin for node in nodes
    )


ASK = """
import contextlib, importlib, io, json, os, sys
answers = []
for origin, name in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            answers.append([origin, name, hasattr(importlib.import_module(origin), name)])
        except BaseException:
            # What cannot be imported here says nothing: it may be for another processor.
            pass
print(json.dumps(answers), flush=True)
os._exit(0)
"""


def asked(venv, pairs):
    """Whether modules have names, by (module, name); those that cannot be imported are left out."""
    command = [f"{venv}/bin/python", "-B", "-c", ASK, json.dumps(list(pairs))]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True, timeout=120)
    return {(origin, name): there for origin, name, there in json.loads(run.stdout or "[]")}


def working(venv, site, names):
    """The modules of some packages that can be imported."""
    return {origin for origin, _ in asked(venv, [(top, "__name__") for name in names for top in site.tops.get(name, [])])}


def by_names(site, pins, venv):
    """Packages that have lost a name which another takes from them."""
    declared = [top for name in pins.declared if name in site.tops for top in site.tops[name]]
    starts = [*declared, *(f"{top}.{client}" for top in declared for client in CLIENTS)]
    doubted = {}
    for module, imported in reached(site, starts):
        for origin, name in taken(site, module, imported):
            if site.owner(origin) not in pins and site.file(origin) and not known(site, origin, name):
                doubted.setdefault((origin, name), module)
    gone = [pair for pair, there in asked(venv, doubted).items() if not there] if doubted else []
    for origin, name in gone:
        holds = site.owner(doubted[origin, name])
        yield Contradiction(site.owner(origin), holds, site.versions[holds], f"{origin}.{name} is gone")


TRY = """
import contextlib, importlib, io, json, os, sys, traceback
for top in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            importlib.import_module(top)
            continue
        except ImportError as error:
            files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
            told = [files, error.name or "", str(error).splitlines()[0] if str(error) else ""]
        except BaseException:
            continue
    print(json.dumps(told), flush=True)
os._exit(0)
"""


def refused(venv, tops):
    """(files that the error went through, the module that it is about, what it says) of each module whose import fails for another."""
    command = [f"{venv}/bin/python", "-B", "-c", TRY, *tops]
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True, timeout=120)
    except subprocess.TimeoutExpired:
        return []
    return [json.loads(line) for line in run.stdout.splitlines()]


def across(site, pins, name):
    """Whether one of a package and of what it needs is pinned, and the other is not."""
    needed = {normal(need.name) for need in needs(site.packages[name])} & site.packages.keys()
    return any((other in pins) != (name in pins) for other in needed)


def by_imports(site, pins, venv):
    """Packages that nobody pins, and whose newest release does not go with a pinned one, as an import of a declared package shows."""
    declared = [name for name in pins.declared if name in site.packages and across(site, pins, name)]
    tops = [top for name in declared for top in site.tops[name]]
    for files, about, says in refused(venv, tops) if tops else []:
        owners = [owner for owner in map(site.owner_of, files) if owner]
        taker = owners[-1] if owners else None
        # What raises an error of its own refuses whoever imports it; every other error is about what is imported.
        other = site.owner(about) if about else next((owner for owner in reversed(owners) if owner != taker), None)
        pair = [name for name in (taker, other) if name]
        loose, held = [name for name in pair if name not in pins], [name for name in pair if name in pins]
        if taker != other and len(loose) == len(held) == 1:
            yield Contradiction(loose[0], held[0], site.versions[held[0]], re.sub(r" \(\S+\)$", "", says).rstrip("."))


class Pins(dict):
    """The versions of a list's pinned packages; `declared` has the names of all of its packages."""

    def __init__(self, path):
        listed = [line for line in LISTS["requirements"](Path(path)) if line.marker is None or line.marker.evaluate({"extra": ""})]
        super().__init__((normal(line.name), LISTS["pinned"](line)) for line in listed if LISTS["pinned"](line))
        self.declared = sorted({normal(line.name) for line in listed})


def every(site, pins, venv):
    yield from by_imports(site, pins, venv)
    yield from by_extras(site, pins)
    yield from by_names(site, pins, venv)


def contradictions(venv, pins):
    site = Site(next(Path(venv).glob("lib/python3*/site-packages")))
    # Where nothing is pinned there is no day to go back to, and where all is nothing that could.
    if not pins or site.packages.keys() <= pins.keys():
        return site, {}
    return site, {(one.moves, one.holds): one for one in every(site, pins, venv)}


def words(one, site):
    return f"{one.moves} {site.versions[one.moves]} does not work with {one.holds} {one.at}: {one.why}"
