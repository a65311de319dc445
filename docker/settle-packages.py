"""Has packages that nobody pins fit those that are pinned: where an installed one contradicts another, it is taken as of the day of what is
pinned, if that ends the contradiction; else all stays as it is. On a Python that has ended all of them are taken as of that day.

Usage: settle-packages.py [--ended] LIST VENV TOLD SOURCE INSTALL... ; LIST: a requirements file as pip reads it, which VENV was installed from.
TOLD: the file in which it is said what was done, for whoever builds; empty where nothing was. SOURCE: where the app's author writes pins.
INSTALL: the command that installs into VENV.
"""

import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

from contradictions import Pins, Site, contradictions, words, working

try:
    from pip._vendor.packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
    from pip._vendor.packaging.version import InvalidVersion, Version
except ImportError:
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
    from packaging.version import InvalidVersion, Version

# How often something else may turn out when a package is replaced.
ROUNDS = 4
# What installs packages is of no time.
TOOLS = {"pip", "setuptools", "wheel"}
# Wheels for this Python.
WHEEL = re.compile(r"-(none-any|cp{}{}-.*manylinux.*|abi3-manylinux.*)\.whl$".format(*sys.version_info))


class Index:
    """The package indexes that pip asks, as pip asks them."""

    def __init__(self):
        from pip._internal.commands import create_command

        command = create_command("download")
        self.options, _ = command.parse_args([])
        self.session = command._build_session(self.options)
        self.known, self.wheels = {}, set()

    def releases(self, name):
        """The day that each release of a package was there first; what its index does not date is left out."""
        if name not in self.known:
            self.known[name] = {}
            for index in [self.options.index_url, *self.options.extra_index_urls]:
                answer = self.session.get(f"{index.rstrip('/')}/{name}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
                if answer.ok and "json" in answer.headers.get("Content-Type", ""):
                    self.add(name, answer.json()["files"])
        return self.known[name]

    def add(self, name, files):
        for file in files:
            version, day = version_of(file["filename"]), file.get("upload-time")
            if version and day and not file.get("yanked"):
                day = datetime.strptime(day[:19], "%Y-%m-%dT%H:%M:%S")
                self.known[name][version] = min(day, self.known[name].get(version, day))
                if WHEEL.search(file["filename"]):
                    self.wheels.add((name, version))

    def bound(self, name, until):
        """The newest release of a package by a day."""
        return max((version for version, day in self.final(name) if day <= until), default=None)

    def built(self, name, until):
        """The same of those that need not be compiled, be it by what is no longer there; the first after that day where there was none."""
        there = [(version, day) for version, day in self.final(name) if (name, version) in self.wheels]
        later = sorted((day, version) for version, day in there if day > until)
        return max((version for version, day in there if day <= until), default=later[0][1] if later else None)

    def final(self, name):
        return [(version, day) for version, day in self.releases(name).items() if not version.is_prerelease]


def version_of(filename):
    try:
        return (parse_wheel_filename(filename) if filename.endswith(".whl") else parse_sdist_filename(filename))[1]
    except (InvalidVersion, InvalidWheelFilename, InvalidSdistFilename):
        return None


def days(index, pins, found):
    """The days to go back to: that of the newest pin, then those of what the contradictions are with."""
    wanted = [list(pins.items()), [(one.holds, one.at) for one in found]]
    for group in wanted:
        dated = [index.releases(name).get(Version(version)) for name, version in group]
        if any(dated):
            # A release that was made for another came out beside it.
            yield max(filter(None, dated)) + timedelta(days=1)


def gone_back(venv, pins, index, day, install):
    """What is installed once those that contradict others are as of a day, and as far as possible those that contradict them in turn."""
    site, found = contradictions(venv, pins)
    moving = sorted({one.moves for one in found.values()})
    worked = working(venv, site, moving)
    bounds = {}
    for _ in range(ROUNDS):
        older = {one.moves: index.bound(one.moves, day) for one in found.values()}
        new = {name: bound for name, bound in older.items() if bound and name not in bounds and bound < Version(site.versions[name])}
        if not new:
            break
        bounds.update(new)
        if subprocess.run([*install, *(f"{name}<={bound}" for name, bound in sorted(bounds.items()))], check=False).returncode:
            return None
        site, found = contradictions(venv, pins)
    # One of that day may not work on this Python at all.
    return (site, found) if bounds and worked <= working(venv, site, moving) else None


def of_their_time(venv, pins, index, day, install):
    """What is installed once all that nobody pins is as of a day; None where nothing is to change, or what could be imported then cannot be."""
    site = site_of(venv)
    declared = [name for name in pins.declared if name not in pins]
    worked, bounds = working(venv, site, declared), {}
    for _ in range(ROUNDS):
        loose = sorted(site.packages.keys() - pins.keys() - TOOLS - bounds.keys())
        older = {name: index.built(name, day) for name in loose}
        new = {name: bound for name, bound in older.items() if bound and bound < Version(site.versions[name])}
        if not new:
            break
        bounds.update(new)
        if subprocess.run([*install, *(f"{name}<={bound}" for name, bound in sorted(bounds.items()))], check=False).returncode:
            return None
        site = site_of(venv)
    return site if bounds and worked <= working(venv, site, declared) else None


def site_of(venv):
    return Site(next(Path(venv).glob("lib/python3*/site-packages")))


def tried(venv, change):
    """What a change of what is installed gives; where that is nothing, all is as it was."""
    kept, after = Path(f"{venv}.before"), None
    shutil.copytree(venv, kept, symlinks=True)
    try:
        after = change()
    finally:
        if after:
            shutil.rmtree(kept)
        else:
            shutil.rmtree(venv)
            kept.rename(venv)
    return after


def settle(path, venv, source, install):
    """Words about what was done; None where nothing was to be done, or nothing helps."""
    pins = Pins(path)
    before, found = contradictions(venv, pins)
    if not found:
        return None
    print("quayside: looking for releases that fit what is pinned", file=sys.stderr, flush=True)
    index = Index()
    for day in days(index, pins, list(found.values())):

        def change(day=day):
            after = gone_back(venv, pins, index, day, [*install, "-r", path])
            return after if after and after[1].keys() < found.keys() else None

        after = tried(venv, change)
        if after:
            settled = [one for key, one in found.items() if key not in after[1]]
            return said("; ".join(words(one, before) for one in settled), before, after[0], source)
    return None


def settle_ended(path, venv, source, install):
    """The same on a Python that has ended, whose newest packages are of many years."""
    pins, index = Pins(path), Index()
    before, day = site_of(venv), next(days(index, pins, []), None)
    if day is None:
        return None
    print(f"quayside: taking what nobody pins as of {day:%Y-%m-%d}", file=sys.stderr, flush=True)
    after = tried(venv, lambda: of_their_time(venv, pins, index, day, [*install, "-r", path]))
    return said("The app's Python has ended", before, after, source) if after else None


def said(why, before, after, source):
    changed = {name: version for name, version in sorted(after.versions.items()) if before.versions.get(name) != version}
    instead = [f"{name} {version}" + (f" in place of {before.versions[name]}" if name in before.versions else "") for name, version in changed.items()]
    pins = " ".join(f"{name}=={version}" for name, version in changed.items())
    return f"{why}. Taken as of the day of what is pinned: {', '.join(instead)}. To hold that fast, add to {source}: {pins}"


def main(*arguments):
    ended = arguments[0] == "--ended"
    path, venv, told, source, *install = arguments[ended:]
    try:
        text = (ended and settle_ended(path, venv, source, install)) or settle(path, venv, source, install)
    except Exception as error:  # noqa: BLE001
        # What was installed stands, and is checked where the image is made.
        print(f"quayside: contradictions of packages were not settled: {error!r}", file=sys.stderr)
        text = None
    if text:
        print(f"quayside: {text}", file=sys.stderr)
    Path(told).write_text(text or "")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
