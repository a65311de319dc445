"""The app under gunicorn, started the way README.md says."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from flask_stream.config import PROJECT_ROOT


@pytest.fixture
def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def server(settings, free_port, tmp_path):
    """A running gunicorn and its port."""
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "4"]
    command += ["--bind", f"127.0.0.1:{free_port}", "flask_stream:create_app()"]
    environment = {**os.environ, "SECRET_KEY": "test", "UPLOAD_FOLDER": str(tmp_path)}
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait_for(free_port, process)
        yield process, free_port
    finally:
        process.kill()
        process.wait()


def _wait_for(port, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "gunicorn ended"
        try:
            return _get(port, "/health").close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("gunicorn does not answer")


def _get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return connection.getresponse()


def test_open_streams_do_not_delay_a_stop(server):
    process, port = server
    streams = [_get(port, "/events") for _ in range(3)]
    for stream in streams:
        assert stream.readline() == b"retry: 2000\n"
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    # gunicorn's own grace period would be 30 seconds.
    assert time.monotonic() - started < 25


def test_open_streams_leave_a_thread_for_others(server):
    _, port = server
    streams = [_get(port, "/events") for _ in range(3)]
    assert _get(port, "/health").status == 200
    for stream in streams:
        stream.close()
