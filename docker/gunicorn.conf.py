"""gunicorn's settings inside a container: sized by what the container may use, not by what the machine has.

Environment: PORT, WEB_CONCURRENCY (workers), GUNICORN_THREADS, GUNICORN_TIMEOUT, GUNICORN_GRACEFUL_TIMEOUT.
"""

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMORY_PER_WORKER = 192 * 1024 * 1024
MOST_WORKERS = 8


def _numbers(path: Path) -> list[float]:
    """The file's words as numbers, `max` as infinity; empty when there is no such file."""
    try:
        return [math.inf if word == "max" else float(word) for word in path.read_text().split()]
    except (OSError, ValueError):
        return []


def cpus() -> float:
    """CPUs the container may use: the quota of cgroup v2 or v1, at most the CPUs it may run on."""
    allowed = float(len(os.sched_getaffinity(0)))
    quota = _numbers(CGROUP / "cpu.max")
    if len(quota) != 2:
        quota = _numbers(CGROUP / "cpu/cpu.cfs_quota_us") + _numbers(CGROUP / "cpu/cpu.cfs_period_us")
    if len(quota) == 2 and quota[0] > 0 and quota[1] > 0:
        return min(allowed, quota[0] / quota[1])
    return allowed


def memory() -> float:
    """Bytes the container may use; infinity when there is no limit."""
    limits = _numbers(CGROUP / "memory.max") or _numbers(CGROUP / "memory/memory.limit_in_bytes")
    return limits[0] if limits else math.inf


def worker_count() -> int:
    """WEB_CONCURRENCY when set; else two per CPU and one more, within memory and MOST_WORKERS."""
    wanted = os.environ.get("WEB_CONCURRENCY", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    by_memory = memory() / MEMORY_PER_WORKER
    return max(1, int(min(2 * math.ceil(cpus()) + 1, by_memory, MOST_WORKERS)))


bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = worker_count()
# Threads keep streams and slow requests from blocking the health check.
worker_class = "gthread"
threads = int(os.environ.get("GUNICORN_THREADS", "8"))
timeout = int(os.environ.get("GUNICORN_TIMEOUT", "60"))
# Container managers kill ten seconds after the stop signal.
graceful_timeout = int(os.environ.get("GUNICORN_GRACEFUL_TIMEOUT", "8"))
keepalive = 5
# The heartbeat file on an overlay filesystem can block a worker for seconds.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
accesslog = "-"
errorlog = "-"
# Nobody talks to a container's server through a socket file, and the file system may be read-only.
control_socket_disable = True
