"""Starts a server that has no settings file of its own: on PORT, sized by what the container may use; and sees to it that
it ends. Servers wait for streams that never end: one by one for each worker, or without a bound, in spite of their settings.

Usage: serve.py SERVER WORDS... ; the server is uvicorn, hypercorn or granian.
"""

import os
import signal
import subprocess
import sys

from quayside_limits import worker_count

PORT = os.environ.get("PORT", "8000")
# An event loop fills one CPU by itself.
WORKERS = str(worker_count(per_cpu=1))
# Container managers kill ten seconds after the stop signal.
GRACE = os.environ.get("GRACEFUL_TIMEOUT", "8")

WORDS = {
    "uvicorn": ["--host", "0.0.0.0", "--port", PORT, "--workers", WORKERS, "--timeout-graceful-shutdown", GRACE],
    "hypercorn": ["--bind", f"0.0.0.0:{PORT}", "--workers", WORKERS, "--graceful-timeout", GRACE, "--access-logfile", "-"],
    "granian": ["--host", "0.0.0.0", "--port", PORT, "--workers", WORKERS, "--workers-kill-timeout", GRACE, "--access-log"],
}


def main(server, *words):
    process = subprocess.Popen([server, *WORDS[server], *words])
    stopping = False

    def stop(number, _frame):
        nonlocal stopping
        stopping = True
        process.send_signal(number)
        signal.setitimer(signal.ITIMER_REAL, float(GRACE) + 1)

    def end(_number, _frame):
        print(f"quayside: {server} still had open requests and was ended", file=sys.stderr, flush=True)
        process.kill()

    signal.signal(signal.SIGALRM, end)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    code = process.wait()
    return 0 if stopping else code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
