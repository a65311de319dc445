import json
import signal
import time

import httpx
import pytest
from websockets.sync.client import connect


def test_health(client):
    assert client.get("/health").json() == {"status": "ok", "redis": "ok", "speech": "espeak-ng"}


def test_credentials_from_their_volume_choose_the_service(serve, tmp_path):
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps({"url": "http://127.0.0.1:9/", "api_key": "secret"}))
    file.chmod(0o400)
    assert httpx.get(f"{serve(CREDENTIALS_FILE=str(file))}/health").json()["speech"] == "service"


@pytest.mark.parametrize(
    "program", [("uvicorn", "digest.main:app", "--port", "0"), ("arq", "digest.worker.WorkerSettings")]
)
def test_wrong_credentials_end_a_process_at_once_with_their_reason(start, tmp_path, program):
    file = tmp_path / "credentials.json"
    file.write_text('{"api_key": "secret words"}')
    process = start(*program, CREDENTIALS_FILE=str(file))
    assert process.wait(timeout=20) != 0
    log = start.log.read_text()
    assert "credentials.json: url missing or wrong." in log
    assert "secret words" not in log


def test_a_worker_that_is_stopped_gives_its_work_to_the_next(ask, start_worker, wait_until_over):
    first = start_worker()
    ids = [ask(length="long")["id"] for _ in range(8)]
    time.sleep(1)
    first.send_signal(signal.SIGTERM)
    first.wait(timeout=15)
    second = start_worker()
    assert {wait_until_over(id)["status"] for id in ids} == {"done"}
    second.terminate()
    second.wait(timeout=15)


def test_open_watchers_do_not_delay_a_stop(serve, start, feed):
    url = serve()
    asked = httpx.post(f"{url}/api/v1/digests", files={"feed": feed}).json()
    with connect(f"{url.replace('http', 'ws', 1)}/api/v1/ws/{asked['id']}") as socket:
        assert json.loads(socket.recv(timeout=10))["status"] == "queued"
        started = time.monotonic()
        start.processes[-1].send_signal(signal.SIGTERM)
        start.processes[-1].wait(timeout=20)
        assert time.monotonic() - started < 10
