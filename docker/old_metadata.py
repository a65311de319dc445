"""What the other files here ask of importlib.metadata, for Pythons that do not have it: those before 3.8."""

import csv
import email
import re
from pathlib import Path, PurePosixPath


class Distribution:
    """An installed package, by its directory of metadata."""

    def __init__(self, directory):
        self.directory = directory
        self.metadata = email.message_from_string(self.read_text("METADATA") or self.read_text("PKG-INFO") or "")
        self.version = self.metadata["Version"]

    def read_text(self, name):
        file = self.directory / name
        return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None

    @property
    def files(self):
        """Its files, from the directory that packages lie in; None where that is not known."""
        record = self.read_text("RECORD")
        return None if record is None else [PurePosixPath(row[0]) for row in csv.reader(record.splitlines()) if row]

    @property
    def requires(self):
        """What it needs, as the specification writes that today: no brackets around versions."""
        return [re.sub(r"\(([^()]*)\)", r"\1", line, count=1) if re.match(r"[\w.\[\],-]+ *\(", line) else line for line in self.metadata.get_all("Requires-Dist") or []]


def distributions(path):
    found = (entry for directory in path for entry in sorted(Path(directory).glob("*.*-info")) if entry.is_dir())
    return [package for package in map(Distribution, found) if package.metadata["Name"]]
