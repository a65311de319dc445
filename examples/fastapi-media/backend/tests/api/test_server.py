"""The app as it is started in production, by the commands of README.md."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from media.config import PROJECT_ROOT


def test_a_new_volume_is_enough_and_a_restart_keeps_everything(tmp_path):
    environment = {**os.environ, "DATA_DIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    alembic = [sys.executable, "-m", "alembic", "upgrade", "head"]
    for _ in range(2):
        subprocess.run(alembic, cwd=PROJECT_ROOT, env=environment, check=True)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "main:app", "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment)
        try:
            assert _wait_for(port, server) == {"status": "healthy", "database": "sqlite"}
        finally:
            server.send_signal(signal.SIGTERM)
            # uvicorn stops in order, then passes the signal on.
            assert server.wait(timeout=60) in (0, -signal.SIGTERM)
    assert (tmp_path / "media.sqlite3").exists()


def _wait_for(port, server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "uvicorn ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60) as response:
                return json.load(response)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("uvicorn does not answer")
