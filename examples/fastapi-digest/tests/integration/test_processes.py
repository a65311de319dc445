import json
import signal
import time

import httpx
import pytest
from websockets.sync.client import connect

from tests.integration.conftest import PATIENCE


def test_health(client):
    assert client.get("/health").json() == {"status": "ok", "redis": "ok", "speech": "espeak-ng"}


def test_credentials_from_their_volume_choose_the_service(serve, tmp_path):
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps({"url": "http://127.0.0.1:9/", "api_key": "secret"}))
    file.chmod(0o400)
    assert httpx.get(f"{serve(CREDENTIALS_FILE=str(file))}/health", timeout=PATIENCE).json()["speech"] == "service"


@pytest.mark.parametrize(
    "program", [("uvicorn", "digest.main:app", "--port", "0"), ("arq", "digest.worker.WorkerSettings")]
)
def test_wrong_credentials_end_a_process_at_once_with_their_reason(start, tmp_path, program):
    file = tmp_path / "credentials.json"
    file.write_text('{"api_key": "secret words"}')
    process = start(*program, CREDENTIALS_FILE=str(file))
    assert process.wait(timeout=PATIENCE) != 0
    log = start.log.read_text()
    assert "credentials.json: url missing or wrong." in log
    assert "secret words" not in log


def test_a_worker_that_is_stopped_gives_its_work_to_the_next(ask, start_worker, wait_until_over):
    first = start_worker()
    ids = [ask(length="long")["id"] for _ in range(8)]
    time.sleep(1)
    first.send_signal(signal.SIGTERM)
    first.wait(timeout=PATIENCE)
    second = start_worker()
    assert {wait_until_over(id)["status"] for id in ids} == {"done"}
    second.terminate()
    second.wait(timeout=PATIENCE)


def test_open_watchers_do_not_delay_a_stop(serve, start, feed):
    url = serve()
    asked = httpx.post(f"{url}/api/v1/digests", files={"feed": feed}, timeout=PATIENCE).json()
    with connect(f"{url.replace('http', 'ws', 1)}/api/v1/ws/{asked['id']}") as socket:
        assert json.loads(socket.recv(timeout=PATIENCE))["status"] == "queued"
        # Left to themselves they would stay for ever.
        start.processes[-1].send_signal(signal.SIGTERM)
        start.processes[-1].wait(timeout=PATIENCE)
