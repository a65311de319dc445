"""Runs a program whose tests are cases of unittest, such as Django's runner, and writes what became of each test as JUnit's XML.

Usage: count-tests.py REPORT SCRIPT [ARGUMENT ...] ; or -m MODULE in place of SCRIPT
"""

import atexit
import os
import runpy
import sys
import time
import traceback
import unittest
from xml.sax.saxutils import escape, quoteattr

MAIN = os.getpid()
cases = {}
started = {}


def name_of(test):
    """(class, method) of a test; what stands for a module or a class that failed has a description alone."""
    identity = test.id() if hasattr(test, "id") else str(test)
    head, _, tail = identity.rpartition(".")
    return (head, tail) if isinstance(test, unittest.TestCase) and type(test).__module__ != "unittest.suite" else ("", identity)


def case_of(test):
    # Cases that failed to load all have the same id.
    case = cases.setdefault(name_of(test), {"seconds": 0.0, "problems": [], "skipped": None})
    begun = started.get(name_of(test))
    if begun is not None:
        case["seconds"] = time.monotonic() - begun
    return case


def reason_of(error):
    if not isinstance(error, tuple):
        return str(error), str(error)
    message = "".join(traceback.format_exception_only(error[0], error[1])).strip()
    if "\nTraceback " in message:
        # A module that cannot be imported: the traceback stands in the message itself.
        message = "\n".join([message.splitlines()[0], message.splitlines()[-1]])
    return message, "".join(traceback.format_exception(*error))


def watched(name, note):
    """Lets a method of every result note what it is told of, in the process that writes the report."""
    original = getattr(unittest.TestResult, name, None)
    if original is None:
        return

    def method(self, test, *rest, **named):
        if os.getpid() == MAIN:
            note(test, *rest)
        return original(self, test, *rest, **named)

    setattr(unittest.TestResult, name, method)


def note_problem(kind):
    return lambda test, error=None, *_: case_of(test)["problems"].append((kind, *reason_of(error)))


def note_part(test, part, error):
    if error is not None:
        kind = "failure" if issubclass(error[0], test.failureException) else "error"
        message, text = reason_of(error)
        case_of(test)["problems"].append((kind, f"{part._subDescription()} {message}", text))


def note_skipped(test, reason=""):
    case_of(test)["skipped"] = reason


def attributes(**values):
    printable = {name: "".join(c if c.isprintable() or c in "\t\n" else "?" for c in str(value)) for name, value in values.items()}
    return " ".join(f"{name}={quoteattr(value)}" for name, value in printable.items())


def body_of(case):
    for kind, message, text in case["problems"]:
        printable = "".join(c if c.isprintable() or c in "\t\n" else "?" for c in text)
        yield f"<{kind} {attributes(message=message)}>{escape(printable)}</{kind}>"
    if case["skipped"] is not None and not case["problems"]:
        yield f"<skipped {attributes(message=case['skipped'])}/>"


def write(path):
    if os.getpid() != MAIN:
        return
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    seconds = sum(case["seconds"] for case in cases.values())
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<testsuites><testsuite {attributes(name="tests", tests=len(cases), time=f"{seconds:.3f}")}>\n')
        for (head, tail), case in cases.items():
            inner = "".join(body_of(case))
            file.write(f'<testcase {attributes(classname=head, name=tail, time=format(case["seconds"], ".3f"))}>{inner}</testcase>\n')
        file.write("</testsuite></testsuites>\n")


def main(report, program, *arguments):
    watched("startTest", lambda test: (case_of(test), started.__setitem__(name_of(test), time.monotonic())))
    watched("stopTest", case_of)
    watched("addSuccess", case_of)
    watched("addFailure", note_problem("failure"))
    watched("addError", note_problem("error"))
    watched("addSubTest", note_part)
    watched("addSkip", note_skipped)
    watched("addExpectedFailure", lambda test, *_: case_of(test))
    watched("addUnexpectedSuccess", lambda test: case_of(test)["problems"].append(("failure", "unexpected success", "")))
    atexit.register(write, report)
    if program == "-m":
        sys.path.insert(0, os.getcwd())
        sys.argv = list(arguments)
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(program)))
        sys.argv = [program, *arguments]
        runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    # What lies beside this file is nobody's to import.
    sys.path = [path for path in sys.path if path != os.path.dirname(os.path.abspath(__file__))]
    main(*sys.argv[1:])
