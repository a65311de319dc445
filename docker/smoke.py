"""Starts the app in its image, as production does, and asks it over HTTP once; everything is ended after that.

Usage: smoke.py SECONDS COMMANDS ; COMMANDS is JSON: pairs of a process's name and its words, the web server last. Exits 0 when the server
answered and nothing had ended; else it says in its last line what was wrong, as JSON, and exits with one of the codes below.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

# Only for this import: the app's own modules must find nothing here.
sys.path.insert(0, str(Path(__file__).parent))
import healthcheck  # noqa: E402

sys.path.pop(0)

# A process ended, or nobody answered in time; the app answered that it cannot.
DEAD, UNWELL = 70, 71

# Whatever has no server lives for at least so long; a status that says no is asked for again for so long.
SETTLED = 3.0

# It is starting while it works, and has started when it has had nothing to do for so long; one that works on is waited for until it has had
# the processor for so long, which on a machine with much else to do takes longer, and no longer than so long in all.
QUIET, STARTED, LONGEST = 1.0, 30.0, 60.0

TICKS = os.sysconf("SC_CLK_TCK")

READY = Path(__file__).with_name("worker-ready.py")
PAGE_ERROR = Path(__file__).with_name("page-error.py")

# A processor that is emulated is slower than another by about so much.
EMULATED = 5.0


def slowness(processes):
    """How much longer to wait: the kernel tells of a program that is emulated which one does it, and only the program itself is told otherwise."""
    for _, process in processes:
        with suppress(OSError):
            if re.search(r"(^|/)qemu-", os.readlink(f"/proc/{process.pid}/exe")):
                return EMULATED
    return 1.0


def ended(processes):
    """What is wrong with the first process that has ended; one that did what it had to is no failure, unless it is the server."""
    for name, process in processes:
        code = process.poll()
        if code is not None and (code != 0 or process is processes[-1][1]):
            return {"kind": "ended", "process": name, "code": code if code >= 0 else 128 - code}
    return None


def work(group):
    """What the processes of a group have worked, in ticks, and whether one of them works at this moment."""
    ticks, works = 0, False
    for entry in Path("/proc").glob("[0-9]*/stat"):
        # Processes end while they are looked at.
        with suppress(OSError):
            state, _, owner, *_, user, system = entry.read_text().rpartition(")")[2].split()[:13]
            if int(owner) == group:
                ticks += int(user) + int(system)
                works = works or state in "RD"
    return ticks, works


class Starting:
    """The processes without a server, while they start."""

    def __init__(self, processes):
        self.groups = [process.pid for _, process in processes[:-1]]
        self.start = self.busy = time.monotonic()
        self.ticks = {}

    def over(self):
        now = time.monotonic()
        for group in self.groups:
            ticks, works = work(group)
            # A tick or two are what waiting takes.
            if works or ticks > self.ticks.get(group, 0) + 1:
                self.busy = now
            self.ticks[group] = ticks
        since = now - self.start
        worked = max(self.ticks.values(), default=0) / TICKS
        return not self.groups or worked > STARTED or since > LONGEST or (since > SETTLED and now - self.busy > QUIET)


class Asked:
    """The processes without a server, once they are asked whether they work: each until it says so."""

    def __init__(self, processes):
        self.left = processes[:-1]
        self.asking = None
        self.gone = None

    def over(self):
        """Whether all have said so; the one that is asked stays the first."""
        if self.asking is not None and self.asking.poll() is not None:
            if self.asking.returncode == 0:
                self.left = self.left[1:]
            elif self.left[0][1].poll() is not None:
                # Workers of Celery ended well, as they say, when their broker refused them.
                self.gone = self.left[0]
            self.asking = None
        if self.left and self.asking is None:
            _, process = self.left[0]
            command = [sys.executable, READY, str(process.pid), *process.args]
            self.asking = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return not self.left

    def end(self):
        if self.asking is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.asking.pid, signal.SIGKILL)


def answer(path):
    """The status that the app answers with; None when it does not answer yet."""
    try:
        return healthcheck.status_of(path, timeout=30)
    except (OSError, http.client.HTTPException):
        return None


def is_well(status):
    # A path that says how the app is has to say so; any other has to answer at all.
    return not healthcheck.is_failure(status) if healthcheck.PATH else status < HTTPStatus.INTERNAL_SERVER_ERROR


def watch(processes, seconds):
    """(code, what is wrong) once that is known; (0, None) when the server answered, all others stayed alive, and work."""
    path = healthcheck.PATH or "/"
    start = time.monotonic()
    starting, asked = Starting(processes), Asked(processes)
    first = None
    try:
        while True:
            settled = starting.over()
            dead = ended(processes)
            if dead:
                return DEAD, dead
            status = answer(path)
            now = time.monotonic()
            if status is not None:
                first = first or now
                if is_well(status) and settled and asked.over():
                    dead = ended(processes)
                    return (DEAD, dead) if dead else opened(path)
                if not is_well(status) and now - first > SETTLED:
                    return UNWELL, explained({"kind": "answered", "path": path, "status": status})
            if asked.gone:
                name, process = asked.gone
                return DEAD, {"kind": "ended", "process": name, "code": process.returncode}
            if now - start > seconds:
                return DEAD, unheard(asked, seconds)
            time.sleep(0.1)
    finally:
        asked.end()


def explained(wrong):
    """What is wrong, once the app has been asked why a page is an error: what it says of that comes before."""
    if wrong["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        with suppress(subprocess.TimeoutExpired):
            command = [sys.executable, PAGE_ERROR, wrong["path"], healthcheck.host()]
            subprocess.run(command, timeout=60, stdout=subprocess.DEVNULL, check=False)
    return wrong


def unheard(asked, seconds):
    """What is wrong when the time is over: a worker that was asked whether it works, or the server."""
    if asked.asking is None:
        return {"kind": "silent", "seconds": seconds}
    return {"kind": "idle", "process": asked.left[0][0], "seconds": seconds}


def opened(path):
    """What the first page says of an app whose health check is well: an error that nobody caught is one wherever it is."""
    if path != "/" and answer("/") == HTTPStatus.INTERNAL_SERVER_ERROR:
        return UNWELL, explained({"kind": "answered", "path": "/", "status": 500, "well": path})
    return 0, None


def main(seconds, commands):
    processes = []
    code, wrong = DEAD, None
    try:
        for name, words in json.loads(commands):
            try:
                processes.append((name, subprocess.Popen(words, start_new_session=True)))
            except OSError as error:
                print(f"{words[0]}: {error.strerror}", file=sys.stderr)
                wrong = {"kind": "ended", "process": name, "code": 127}
                break
        else:
            code, wrong = watch(processes, float(seconds) * slowness(processes))
    finally:
        for _, process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if wrong:
        # What was still being written comes before it.
        time.sleep(0.2)
        print(f"\nquayside: {json.dumps(wrong)}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
