import asyncio
import json
import math
import struct
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest

from digest.speech import CredentialsError, Espeak, SpeechError, create_speech, seconds_of


def tone(seconds=0.5):
    """A WAV file with a tone in it."""
    content = BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(at / 3))) for at in range(int(8000 * seconds))))
    return content.getvalue()


@pytest.fixture
def service(tmp_path):
    """A speech service on this machine that knows one key, and the credentials for it."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(body)
            allowed = self.headers["Authorization"] == "Bearer sesame"
            self.send_response(200 if allowed else 403)
            self.end_headers()
            self.wfile.write(tone() if allowed else b"{}")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def credentials(api_key="sesame", **more):
        file = tmp_path / "credentials.json"
        file.write_text(json.dumps({"url": f"http://127.0.0.1:{server.server_port}/", "api_key": api_key, **more}))
        return file

    credentials.asked = asked
    yield credentials
    server.shutdown()
    server.server_close()


def speak(speech, target, text="Hello harbour"):
    asyncio.run(speech.speak(text, "en-gb", target))
    return seconds_of(target)


def test_espeak_speaks(tmp_path):
    assert 0.3 < speak(Espeak(), tmp_path / "a.wav") < 5


def test_a_text_that_looks_like_an_option_is_only_spoken(tmp_path):
    speak(Espeak(), tmp_path / "a.wav", "--version -w /tmp/elsewhere")
    assert seconds_of(tmp_path / "a.wav") > 0.3


def test_an_unknown_voice_is_named(tmp_path):
    with pytest.raises(SpeechError, match="espeak-ng failed"):
        asyncio.run(Espeak().speak("Hello", "xx-nowhere", tmp_path / "a.wav"))


def test_without_credentials_this_machine_speaks():
    assert create_speech(None).name == "espeak-ng"


def test_the_service_gets_the_key_and_the_text(service, tmp_path):
    assert speak(create_speech(service()), tmp_path / "a.wav") == 0.5
    assert service.asked == [{"text": "Hello harbour", "voice": "en-gb"}]


def test_a_service_that_refuses_is_named_without_the_key(service, tmp_path):
    with pytest.raises(SpeechError, match="answered 403") as caught:
        speak(create_speech(service(api_key="wrong secret")), tmp_path / "a.wav")
    assert "secret" not in str(caught.value)


def test_a_service_that_is_away_is_named(service, tmp_path):
    with pytest.raises(SpeechError, match="does not answer: ConnectError"):
        speak(create_speech(service(url="http://127.0.0.1:9/")), tmp_path / "a.wav")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file"),
        ("secret but no JSON", "no JSON"),
        ('{"url": "http://x/"}', "api_key missing or wrong"),
        ('{"url": "secret", "api_key": "secret"}', "url missing or wrong"),
    ],
)
def test_wrong_credentials_are_named_and_never_shown(tmp_path, content, problem):
    file = tmp_path / "credentials.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CredentialsError, match=problem) as caught:
        create_speech(file)
    assert "secret" not in str(caught.value)


def test_the_key_is_in_no_text_of_the_objects(service):
    speech = create_speech(service())
    assert "sesame" not in repr(vars(speech))


def test_what_is_no_audio_is_refused(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"RIFF nonsense")
    with pytest.raises(SpeechError, match="no WAV file"):
        seconds_of(tmp_path / "a.wav")
