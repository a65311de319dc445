"""What the container may use, which is less than what the machine has; and how many workers fit into it."""

import math
import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MEMORY_PER_WORKER = 192 * 1024 * 1024
MOST_WORKERS = 8


def _numbers(path: Path) -> "list[float]":
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


def worker_count(per_cpu: int, more: int = 0) -> int:
    """WEB_CONCURRENCY when set; else `per_cpu` for each CPU and `more`, within memory and MOST_WORKERS."""
    wanted = os.environ.get("WEB_CONCURRENCY", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    by_memory = memory() / MEMORY_PER_WORKER
    return max(1, int(min(per_cpu * math.ceil(cpus()) + more, by_memory, MOST_WORKERS)))
