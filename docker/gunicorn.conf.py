"""gunicorn's settings inside a container: sized by what the container may use, not by what the machine has.

Environment: PORT, WEB_CONCURRENCY (workers), GUNICORN_THREADS, GUNICORN_TIMEOUT, GUNICORN_GRACEFUL_TIMEOUT,
QUAYSIDE_GUNICORN_CONF (the app's own settings).
"""

import os
import sys
from importlib.util import spec_from_file_location
from pathlib import Path

# Only for this import: the app's own modules must find nothing here.
sys.path.insert(0, str(Path(__file__).parent))
from quayside_limits import worker_count  # noqa: E402

sys.path.pop(0)

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
# Two for each CPU and one more, as threads wait for databases most of the time.
workers = worker_count(per_cpu=2, more=1)
# Threads keep streams and slow requests from blocking the health check.
worker_class = "gthread"
# They are started when there is something to do.
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

# The app's own settings come last, but where it listens and how many workers fit is up to the container.
_own = os.environ.get("QUAYSIDE_GUNICORN_CONF")
if _own:
    _decided = {"bind", "workers", "worker_tmp_dir", "daemon", "pidfile", "user", "group", "reload", "control_socket_disable"}
    _settings = {"__file__": _own, "__name__": "gunicorn.conf"}
    exec(compile(Path(_own).read_text(), _own, "exec"), _settings)  # noqa: S102
    globals().update({name: value for name, value in _settings.items() if name[0] != "_" and name not in _decided})
    # A container's log is its output; its file system may be read-only. None stays: it turns the log off.
    accesslog, errorlog = accesslog and "-", errorlog and "-"


class _Threads:
    """Finds one module, and only when a worker is made of it: where gevent's are, nothing may be loaded before it has patched that."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        file = Path(__file__).with_name("quayside_threads.py")
        return spec_from_file_location(name, file) if name == "quayside_threads" else None


# The same, but for who takes up a thread.
if worker_class == "gthread":
    worker_class = "quayside_threads.Worker"
    sys.meta_path.append(_Threads)
