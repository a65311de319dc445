"""The real thing: uvicorn and a worker in processes of their own, on the Redis that REDIS_URL names."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import httpx
import pytest
from redis import Redis

ROOT = Path(__file__).resolve().parents[2]
# How long anything may take on a machine that has much else to do: to start Python alone can take ten seconds there.
PATIENCE = 120


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """The settings of the run: directories and keys of its own."""
    if not os.environ.get("REDIS_URL"):
        pytest.exit("These tests need a real Redis: set REDIS_URL. README.md says how.", 4)
    data = tmp_path_factory.mktemp("data")
    prefix = f"test-{uuid.uuid4().hex}"
    yield {
        **os.environ,
        "REDIS_PREFIX": prefix,
        "OUTPUT_AUDIO_DIR": str(data / "audio"),
        "MAX_FEED_KB": "64",
    }
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)


@pytest.fixture(scope="session")
def start(environment, tmp_path_factory):
    """Starts a Python program; `start.log` tells what they said. Whatever still runs in the end is killed."""
    log = tmp_path_factory.mktemp("logs") / "log"
    processes = []

    def run(*arguments, **more):
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env={**environment, **more},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        processes.append(process)
        return process

    run.log = log
    run.processes = processes
    yield run
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def serve(start):
    """Starts a web process; its address."""

    def run(**more):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        process = start("uvicorn", "digest.main:app", "--port", str(port), **more)
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + PATIENCE
        while True:
            assert process.poll() is None, start.log.read_text()
            assert time.monotonic() < deadline, start.log.read_text()
            try:
                httpx.get(f"{url}/health", timeout=PATIENCE)
                return url
            except httpx.TransportError:
                time.sleep(0.1)

    return run


@pytest.fixture(scope="session")
def client(serve):
    """A client of the web process."""
    with httpx.Client(base_url=serve(), timeout=PATIENCE) as client:
        yield client


@pytest.fixture(scope="session")
def start_worker(start):
    """Starts a worker."""
    return lambda **more: start("arq", "digest.worker.WorkerSettings", **more)


@pytest.fixture
def worker(start_worker):
    """A running worker, which must end by itself when it is told to."""
    process = start_worker()
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


@pytest.fixture
def feed():
    """An RSS feed."""
    return (ROOT / "tests" / "feed.xml").read_bytes()


@pytest.fixture
def ask(client, feed):
    """Asks for a digest; the answer's JSON."""

    def send(content=None, **form):
        answer = client.post(
            "/api/v1/digests", files={"feed": ("harbour.xml", feed if content is None else content)}, data=form
        )
        assert answer.status_code == 202, answer.text
        return answer.json()

    return send


@pytest.fixture
def wait_until_over(client):
    """Waits for the end of a digest; what it has become."""

    def wait(id):
        deadline = time.monotonic() + PATIENCE
        while (digest := client.get(f"/api/v1/digests/{id}").json())["status"] not in ("done", "failed"):
            assert time.monotonic() < deadline, digest
            time.sleep(0.1)
        return digest

    return wait
