"""Lists what an image consists of, by what its own package managers left there, and writes that as JSON.

Usage: inventory.py OUTPUT ROOT [DIRECTORY ...]

ROOT is the image's root file system. In each further DIRECTORY, Node packages were installed from which something in the image was
built. Files are only read, never run, and a link is followed as the image itself would follow it: what is read belongs to the image,
whoever made it.
"""

import hashlib
import json
import mmap
import os
import re
import stat
import sys

# Larger than any real list of packages or licence; what is larger was not written by a package manager.
MOST_BYTES = 32 << 20
# The licences of a package stand in the first part of what is said of its copyright, or are too many to be told.
MOST_OF_LICENCES = 1 << 20
MOST_LINKS = 40
# What names, versions and the like have at the most, in characters, and how many of a kind something has.
MOST_OF_A_VALUE = 1000
MOST_VALUES = 1000
# Directories lie in each other as often as a path has room for.
DEEPEST = 6000


class Root:
    """A directory as the root of a file system."""

    def __init__(self, directory):
        self.directory = os.path.abspath(directory)
        self.resolved = {"": ""}

    def resolve(self, path, links=0):
        """Where a path leads, links followed inside of the root alone: relative to it; None where it leads nowhere."""
        path = path.strip("/")
        if path in self.resolved:
            return self.resolved[path]
        above, _, name = path.rpartition("/")
        parent = self.resolve(above, links)
        if parent is None or links > MOST_LINKS:
            return None
        if name in ("", "."):
            found = parent
        elif name == "..":
            found = parent.rpartition("/")[0]
        else:
            found = f"{parent}/{name}".lstrip("/")
            try:
                target = os.readlink(os.path.join(self.directory, found))
            except OSError:
                target = None
            if target is not None:
                found = self.resolve(target if target.startswith("/") else f"{parent}/{target}", links + 1)
        self.resolved[path] = found
        return found

    def open(self, path):
        """The file at a path, for reading; None where there is no regular one."""
        found = self.resolve(path)
        if found is None:
            return None
        try:
            # Not to wait for whoever writes into a pipe.
            file = os.open(os.path.join(self.directory, found), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except OSError:
            return None
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            return None
        return os.fdopen(file, "rb")

    def read(self, path, most=MOST_BYTES):
        """The bytes of a file, those behind `most` left out; None where there is none."""
        file = self.open(path)
        if file is None:
            return None
        with file:
            return file.read(most)

    def text(self, path, most=MOST_BYTES):
        data = self.read(path, most)
        return None if data is None else data.decode("utf-8", "replace")

    def names(self, path):
        """The names in a directory, sorted; none where there is no directory."""
        found = self.resolve(path)
        if found is None:
            return []
        try:
            return sorted(os.listdir(os.path.join(self.directory, found)))
        except OSError:
            return []


def fields(text):
    """The paragraphs of a file of fields, as Debian and Python's metadata have them, each a list of names and values."""
    paragraph = []
    for line in [*text.splitlines(), ""]:
        if line.strip() == "":
            if paragraph:
                yield [(name, "\n".join(values)) for name, values in paragraph]
            paragraph = []
        elif line[0] in " \t":
            if paragraph:
                paragraph[-1][1].append(line.strip())
        elif ":" in line:
            name, _, value = line.partition(":")
            paragraph.append((name.strip().lower(), [value.strip()]))


def plain(value):
    """A text, or several, as anybody can read them again, however long they are and whatever they are of; None for anything else."""
    if isinstance(value, list):
        return [text for text in map(plain, value[:MOST_VALUES]) if isinstance(text, str)]
    if not isinstance(value, str) or value.strip() == "":
        return None
    return value[:MOST_OF_A_VALUE].encode("utf-8", "replace").decode()


def known(**values):
    """What of it has a value."""
    plains = {name: plain(value) for name, value in values.items()}
    return {name: value for name, value in plains.items() if value not in (None, [])}


def named(**values):
    """The same of a package; None where it has no name or no version."""
    package = known(**values)
    return package if "name" in package and "version" in package else None


def json_of(text):
    """The object in a text; empty where it is none."""
    try:
        value = json.loads(text or "{}")
    # Too deep, or a number with too many digits.
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def sha256_of(root, path):
    data = root.read(path)
    return None if data is None else hashlib.sha256(data).hexdigest()


# --- Debian -----------------------------------------------------------------------------------------------------------


def release(root):
    """The distribution, by os-release."""
    text = root.text("etc/os-release") or root.text("usr/lib/os-release") or ""
    values = dict(re.findall(r"^(\w+)=[\"']?(.*?)[\"']?$", text, re.M))
    return known(id=values.get("ID"), version=values.get("VERSION_ID"), title=values.get("PRETTY_NAME"))


def licences_of(root, package):
    """The names of licences that a Debian package's copyright has: those of its fields, else those that it refers to."""
    path = f"usr/share/doc/{package}/copyright"
    text = root.text(path, MOST_OF_LICENCES)
    if text is None:
        return []
    if re.match(r"\s*Format(-Specification)?:", text):
        return sorted({name.strip() for name in re.findall(r"^License:[ \t]*(\S.*)$", text, re.M)})
    return sorted(set(re.findall(r"/usr/share/common-licenses/([0-9A-Za-z_.+-]*[0-9A-Za-z+])", text)))


def debian_package(root, paragraph, proof, lists):
    """A package of dpkg's; None for one that is not installed."""
    values = dict(paragraph)
    name, version, architecture = (values.get(key) for key in ("package", "version", "architecture"))
    # Those of images without dpkg have no status: they were never anything but there.
    if name is None or version is None or not values.get("status", "ok installed").endswith("ok installed"):
        return None
    source, _, source_version = (values.get("source") or name).partition(" ")
    places = [f"{lists}/{name}.md5sums", f"{lists}/{name}:{architecture}.md5sums"]
    hashes = [found for found in (sha256_of(root, place) for place in places) if found]
    return named(
        name=name,
        version=version,
        architecture=architecture,
        source=source,
        sourceVersion=source_version.strip("()") or version,
        maintainer=values.get("maintainer"),
        homepage=values.get("homepage"),
        licences=licences_of(root, name),
        sha256=hashes[0] if hashes else None,
        proof=f"/{proof}",
    )


def debian_packages(root):
    base = "var/lib/dpkg"
    files = [(f"{base}/status", f"{base}/info")]
    # Images that are made without dpkg have a file for each package.
    files += [(f"{base}/status.d/{name}", f"{base}/status.d") for name in root.names(f"{base}/status.d") if not name.endswith(".md5sums")]
    for proof, lists in files:
        for paragraph in fields(root.text(proof) or ""):
            package = debian_package(root, paragraph, proof, lists)
            if package is not None:
                yield package


# --- Alpine -----------------------------------------------------------------------------------------------------------


def alpine_packages(root):
    proof = "lib/apk/db/installed"
    for paragraph in re.split(r"\n\n+", root.text(proof) or ""):
        values = dict(re.findall(r"^([A-Za-z]):(.*)$", paragraph, re.M))
        package = named(
            name=values.get("P"),
            version=values.get("V"),
            architecture=values.get("A"),
            source=values.get("o"),
            homepage=values.get("U"),
            licences=[values["L"]] if values.get("L") else [],
            proof=f"/{proof}",
        )
        if package is not None:
            yield package


# --- Python -----------------------------------------------------------------------------------------------------------


def archive_of(text):
    """(address, hash) of what a package was installed from, by its direct_url.json."""
    direct = json_of(text)
    try:
        url = direct.get("url")
        archive = direct.get("archive_info") or {}
        sha256 = (archive.get("hashes") or {}).get("sha256")
        if sha256 is None and (archive.get("hash") or "").startswith("sha256="):
            sha256 = archive["hash"][len("sha256=") :]
        commit = (direct.get("vcs_info") or {}).get("commit_id")
        return url, sha256, commit
    except (AttributeError, TypeError):
        return None, None, None


def python_package(root, place):
    """The package that a dist-info or egg-info belongs to; None where nothing says its name."""
    proofs = [f"{place}/METADATA", f"{place}/PKG-INFO", f"{place}/EGG-INFO/PKG-INFO", place]
    proof, text = next(((path, text) for path, text in ((path, root.text(path)) for path in proofs) if text), (None, ""))
    paragraph = next(fields(text), [])
    values = dict(reversed(paragraph))
    name, version = values.get("name"), values.get("version")
    url, archive, commit = archive_of(root.text(f"{place}/direct_url.json"))
    records = [f"{place}/RECORD", f"{place}/installed-files.txt"]
    hashes = [found for found in (sha256_of(root, path) for path in records) if found]
    classifiers = [value for key, value in paragraph if key == "classifier" and value.startswith("License ::")]
    return named(
        name=name,
        version=version,
        expression=values.get("license-expression"),
        # Some have their whole licence there.
        licence=values.get("license") if len(values.get("license", "")) <= 120 else None,
        classifiers=classifiers,
        url=url,
        commit=commit,
        archive=archive,
        sha256=hashes[0] if hashes else None,
        proof=f"/{proof}",
    )


def inside_of(place):
    """(site, path in it) of metadata that lies deeper in a directory of packages, so that another package carries it; None for what is installed."""
    match = re.search(r"^(.*?/(?:site|dist)-packages)/(.+/.+)$", f"/{place}")
    return match and match.groups()


def holders_of(root, inner, packages):
    """The names of the packages whose lists of files have the paths of other ones' metadata, by those: each list is read once."""
    wanted = set(inner)
    sites = {site for site, _ in wanted}
    tops = {path.partition("/")[0] for _, path in wanted}
    holders = {}
    for package in packages if wanted else []:
        above = package["proof"].rpartition("/")[0]
        site = above.rpartition("/")[0]
        record = root.text(f"{above}/RECORD") if site in sites else None
        for line in (record or "").splitlines():
            path = line[1:] if line[:1] == '"' else line
            if path.partition("/")[0] not in tops:
                continue
            for end in re.finditer("[/,]", path):
                if (site, path[: end.start()]) in wanted:
                    holders.setdefault((site, path[: end.start()]), package["name"])
    return holders


def python_packages(root, metadata):
    """All of them: what another one carries inside of itself names that."""
    found = [(place, python_package(root, place)) for place in metadata]
    installed = [package for place, package in found if package is not None and inside_of(place) is None]
    holders = holders_of(root, [inside for inside in map(inside_of, metadata) if inside is not None], installed)
    for place, package in found:
        if package is not None:
            yield {**package, **known(within=holders.get(inside_of(place)))}


# --- Node -------------------------------------------------------------------------------------------------------------


def node_package(root, directory):
    """The package in a directory of node_modules; None where there is none."""
    manifest = json_of(root.text(f"{directory}/package.json"))
    name, version = manifest.get("name"), manifest.get("version")
    licence = manifest.get("license") or manifest.get("licenses")
    several = licence if isinstance(licence, list) else [licence]
    names = [entry.get("type") if isinstance(entry, dict) else entry for entry in several]
    return named(
        name=name,
        version=version,
        licences=sorted({entry for entry in names if isinstance(entry, str)}),
        proof=f"/{directory}/package.json",
    )


def node_packages(root, modules):
    """The packages in a node_modules and in those inside of it. Links lead to packages that lie in another one."""
    for name in root.names(modules):
        directory = f"{modules}/{name}"
        if os.path.islink(os.path.join(root.directory, directory)):
            continue
        if name.startswith("@"):
            yield from node_packages(root, directory)
        elif name == ".pnpm":
            for stored in root.names(directory):
                yield from node_packages(root, f"{directory}/{stored}/node_modules")
        elif not name.startswith("."):
            package = node_package(root, directory)
            if package is not None:
                yield package
            yield from node_packages(root, f"{directory}/node_modules")


# --- What no package manager brought ----------------------------------------------------------------------------------


def found_in(root, path, pattern):
    """The first group of a pattern in a program; None where it is not there."""
    file = root.open(path)
    if file is None:
        return None
    with file:
        if os.fstat(file.fileno()).st_size == 0:
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            match = re.search(pattern, data)
            return match and match.group(1).decode()


def runtimes(root):
    """Python and Node, where they were built in the image's base and no package manager knows them."""
    for directory in ("usr/local/lib", "usr/local/bin"):
        for name in root.names(directory):
            minor = re.fullmatch(r"(?:libpython|python)(3\.\d+)(?:\.so\.1\.0)?", name)
            path = f"{directory}/{name}"
            if minor is None or not is_local(root, path):
                continue
            release = minor.group(1).replace(".", r"\.").encode()
            version = found_in(root, path, rb"\x00(" + release + rb"\.\d+(?:(?:a|b|rc)\d+)?)\x00")
            if version:
                yield {"name": "python", "version": version, "proof": f"/{path}"}
                break
        else:
            continue
        break
    node = "usr/local/bin/node"
    version = found_in(root, node, rb"/download/release/v(\d+\.\d+\.\d+)/node-v") if is_local(root, node) else None
    if version:
        yield {"name": "node", "version": version, "proof": f"/{node}"}


def is_local(root, path):
    """Whether a program is more than a link to one that a package manager brought."""
    return (root.resolve(path) or "").startswith("usr/local/")


# --- All of it --------------------------------------------------------------------------------------------------------

# What is mounted there when something runs belongs to no image.
NOT_OF_THE_IMAGE = {"proc", "sys", "dev"}
METADATA = (".dist-info", ".egg-info", ".egg")


def places(root):
    """Where Python's metadata and Node's packages lie."""
    metadata, modules = [], []
    for directory, below, files in os.walk(root.directory):
        inside = os.path.relpath(directory, root.directory)
        inside = "" if inside == "." else f"{inside}/"
        if inside == "":
            below[:] = [name for name in below if name not in NOT_OF_THE_IMAGE]
        metadata += [inside + name for name in [*below, *files] if name.endswith(METADATA)]
        if "node_modules" in below:
            modules.append(f"{inside}node_modules")
            below.remove("node_modules")
        below[:] = [name for name in below if not name.endswith((".dist-info", ".egg-info", "__pycache__"))]
    return metadata, modules


def ordered(packages):
    return sorted(packages, key=lambda package: (package["name"], package["version"], package["proof"]))


def inventory(directory):
    root = Root(directory)
    metadata, modules = places(root)
    return {
        "release": release(root),
        "debian": ordered(debian_packages(root)),
        "alpine": ordered(alpine_packages(root)),
        "python": ordered(python_packages(root, metadata)),
        "node": ordered(package for place in modules for package in node_packages(root, place)),
        "runtimes": ordered(runtimes(root)),
    }


def main():
    output, image, *built = sys.argv[1:]
    sys.setrecursionlimit(DEEPEST)
    result = inventory(image)
    # Beside each other: where a directory is mounted here says nothing.
    result["built"] = [
        ordered(package for place in places(Root(directory))[1] for package in node_packages(Root(directory), place))
        for directory in built
    ]
    with open(output, "w", encoding="utf-8") as file:
        json.dump(result, file, sort_keys=True, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
