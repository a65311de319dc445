"""The app under gunicorn with several workers, started the way README.md says, stopped and started again."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from gallery.config import PROJECT_ROOT
from tests.samples import png


class Browser:
    """A visitor with cookies."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path):
        with self.opener.open(self.base + path, timeout=60) as response:
            return response.read().decode()

    def put_up(self, title):
        key = re.search(r'name="form" value="(\w+)"', self.get("/"))[1]
        edge = uuid.uuid4().hex
        fields = f'--{edge}\r\nContent-Disposition: form-data; name="form"\r\n\r\n{key}\r\n'
        fields += f'--{edge}\r\nContent-Disposition: form-data; name="title"\r\n\r\n{title}\r\n'
        fields += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\n\r\n'
        body = fields.encode() + png() + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        request = urllib.request.Request(f"{self.base}/items", body, headers)  # noqa: S310
        with self.opener.open(request, timeout=60) as response:
            return response.url.removeprefix(self.base)


@pytest.fixture
def start(tmp_path):
    """Starts gunicorn on one data directory; gives the process and its port."""
    running = []

    def run():
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--workers", "3", "--bind", f"127.0.0.1:{port}"]
        environment = {**os.environ, "DATA_DIR": str(tmp_path)}
        environment.pop("SECRET_KEY", None)
        process = subprocess.Popen([*command, "gallery:create_app()"], cwd=PROJECT_ROOT, env=environment)
        running.append(process)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert process.poll() is None, "gunicorn ended"
            try:
                Browser(port).get("/health")
                return process, port
            except OSError:
                time.sleep(0.1)
        raise AssertionError("gunicorn does not answer")

    yield run
    for process in running:
        process.kill()
        process.wait()


def test_data_outlives_the_server(start):
    process, port = start()
    address = Browser(port).put_up("Before the storm")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0

    _, port = start()
    assert "Before the storm" in Browser(port).get(address)
    assert "Before the storm" in Browser(port).get("/?q=storm")


def test_a_killed_server_loses_nothing_that_it_confirmed(start):
    process, port = start()
    address = Browser(port).put_up("Already confirmed")
    process.kill()
    process.wait()
    _, port = start()
    assert "Already confirmed" in Browser(port).get(address)


def test_workers_agree_on_visitors_and_write_side_by_side(start):
    _, port = start()
    visitors = [Browser(port) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        addresses = list(pool.map(lambda visitor: visitor.put_up("Together"), visitors))
    assert len(set(addresses)) == 6
    for visitor, address in zip(visitors, addresses, strict=True):
        # Whichever of the workers answers.
        assert all("Take down" in visitor.get(address) for _ in range(4))
    with pytest.raises(urllib.error.HTTPError, match="404"):
        visitors[0].get("/items/unknown")
