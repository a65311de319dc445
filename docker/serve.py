"""Starts a server that has no settings file of its own: on PORT, sized by what the container may use.

Usage: serve.py SERVER WORDS... ; the server is uvicorn, hypercorn or granian.
"""

import os
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

server, *words = sys.argv[1:]
os.execvp(server, [server, *WORDS[server], *words])
