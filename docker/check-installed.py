"""Compares what is installed in a virtual environment with a list of requirements: every pinned package is there in its version, unless its
own condition leaves it out on this machine. Exits 1 and says for each what is missing and what to do.

Usage: check-installed.py LIST SITE ; LIST is a requirements file as pip reads it, SITE the directory that packages are installed in.
"""

import codecs
import re
import sys
from pathlib import Path

try:
    from importlib import metadata
except ImportError:
    import old_metadata as metadata
try:
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
    from pip._vendor.packaging.version import InvalidVersion, Version
except ImportError:
    # A pip without its own copies has used those of the system.
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.version import InvalidVersion, Version


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def text_of(path):
    """A list as pip reads it: by its mark of UTF-16 or UTF-8, else as UTF-8."""
    data = path.read_bytes()
    marks = [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
    mark, encoding = next(((mark, encoding) for mark, encoding in marks if data.startswith(mark)), (b"", "utf-8"))
    return data[len(mark) :].decode(encoding)


def requirements(path):
    """The requirements of a list and of those that it includes; what is no requirement, such as an option or an address, is left out."""
    text = re.sub(r"\\\s*\r?\n", " ", text_of(path))
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", line).strip()
        included = re.match(r"(?:-r|--requirement)[ =]\s*(\S+)", line)
        if included:
            yield from requirements(path.parent / included.group(1))
        elif line and not line.startswith("-"):
            try:
                yield Requirement(re.split(r"\s--", line)[0].strip())
            except InvalidRequirement:
                continue


def pinned(requirement):
    """The one version that a requirement asks for; None when it leaves a choice."""
    versions = [part.version for part in requirement.specifier if part.operator in ("==", "===") and not part.version.endswith(".*")]
    return versions[0] if len(versions) == 1 else None


def same(left, right):
    try:
        # A build of an index for one kind of processor has a local part: 2.4.0+cpu is 2.4.0.
        return Version(left) == Version(right) or Version(Version(left).public) == Version(right)
    except InvalidVersion:
        return left == right


def main(path, site):
    installed = {normal(item.metadata["Name"]): item.version for item in metadata.distributions(path=[site])}
    python = ".".join(map(str, sys.version_info[:3]))
    wanted = {}
    for requirement in requirements(Path(path)):
        wanted.setdefault(normal(requirement.name), []).append(requirement)
    problems = []
    for name, lines in wanted.items():
        active = [line for line in lines if line.marker is None or line.marker.evaluate({"extra": ""})]
        versions = [version for version in map(pinned, active) if version]
        found = installed.get(name)
        if not active and found is None:
            # A range of versions is how locks say what is for older Pythons; one release is what a project pins for all that it has.
            released = [line for line in lines if re.search(r"python_full_version ={2,3} \"\d+\.\d+\.\d", str(line.marker))]
            if released and len(released) == len(lines):
                reason = f"it is locked for {released[0].marker} only, and the image has Python {python}"
                problems.append((name, reason, "allow the newest patch release in the project's range of Python versions, and lock again"))
        elif active and found is None:
            problems.append((name, "it is locked and was not installed", "lock again, or see what the installation printed"))
        elif versions and not any(same(found, version) for version in versions):
            problems.append((name, f"{versions[0]} is locked, and {found} was installed", "lock again, or write the version that is meant"))
    for name, problem, fix in problems:
        print(f"{name}: {problem}\n  fix: {fix}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
