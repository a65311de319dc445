"""The parts that are not Python: what was compiled, and what it is linked with."""

import subprocess

import _cffi_backend
import psycopg2


def libraries(module):
    done = subprocess.run(["ldd", module.__file__], capture_output=True, text=True, check=True)
    return {line.split()[0]: line.split()[2] for line in done.stdout.splitlines() if "=>" in line}


def test_psycopg2_speaks_through_the_systems_libpq():
    path = libraries(psycopg2._psycopg)["libpq.so.5"]
    assert path.startswith(("/lib/", "/usr/lib/"))
    assert psycopg2.__libpq_version__ >= 130000


def test_cffi_calls_through_the_systems_libffi():
    names = libraries(_cffi_backend)
    assert names["libffi.so.8"].startswith(("/lib/", "/usr/lib/"))
