"""Starts a server that has no settings file of its own: on PORT, sized by what the container may use; and sees to it that
it ends. Servers wait for streams that never end: one by one for each worker, or without a bound, in spite of their settings.

Usage: serve.py [--stop=SIGNAL] PROGRAM WORDS... ; {port}, {workers} and {grace} in the words are filled in, and {proxy} with the proxy that
FORWARDED_ALLOW_IPS names; without one, words with {proxy} or {proxied} are left out. SIGNAL (default: the one
that came) is what makes the server end in order, such as INT.
"""

import os
import re
import signal
import subprocess
import sys

from quayside_limits import worker_count

# Container managers kill ten seconds after the stop signal.
GRACE = os.environ.get("GRACEFUL_TIMEOUT", "8")

VALUES = {
    "{port}": os.environ.get("PORT", "8000"),
    # An event loop fills one CPU by itself.
    "{workers}": str(worker_count(per_cpu=1)),
    "{grace}": GRACE,
    "{proxied}": "",
}
# Who may say by X-Forwarded-* where a request comes from.
PROXY = os.environ.get("FORWARDED_ALLOW_IPS", "")
if PROXY:
    VALUES["{proxy}"] = PROXY.split(",")[0].strip()


def filled(word):
    for name, value in VALUES.items():
        word = word.replace(name, value)
    return word


def main(words):
    ends_by = None
    if words[0].startswith("--stop="):
        ends_by = signal.Signals["SIG" + words.pop(0)[len("--stop=") :]]
    # It may be ignored here, as in what a shell starts in the background, and the server would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    wanted = [word for word in words if PROXY or not re.search(r"\{prox(y|ied)\}", word)]
    process = subprocess.Popen([filled(word) for word in wanted])
    stopping = False

    def stop(number, _frame):
        nonlocal stopping
        stopping = True
        process.send_signal(ends_by or number)
        signal.setitimer(signal.ITIMER_REAL, float(GRACE) + 1)

    def end(_number, _frame):
        print(f"quayside: {words[0]} still had open requests and was ended", file=sys.stderr, flush=True)
        process.kill()

    signal.signal(signal.SIGALRM, end)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    code = process.wait()
    return 0 if stopping else code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
