"""Turns text into speech: with espeak-ng on this machine, or by a service whose key is on the credentials volume."""

import asyncio
import contextlib
import json
import wave
from pathlib import Path
from typing import Protocol

import httpx
from pydantic import BaseModel, HttpUrl, SecretStr, ValidationError

SECONDS = 120


class SpeechError(Exception):
    """Nothing was spoken; the text is for the one who waits for it."""


class CredentialsError(RuntimeError):
    """The credentials are missing or wrong; the text never holds them."""


class Speech(Protocol):
    """Something that speaks."""

    name: str

    async def speak(self, text: str, voice: str, target: Path) -> None:
        """Write the spoken text as a WAV file."""


class Espeak:
    """espeak-ng: everywhere, without a network, and it sounds like it."""

    name = "espeak-ng"

    async def speak(self, text: str, voice: str, target: Path) -> None:
        # From standard input: text from a feed never becomes an option.
        command = ["espeak-ng", "-v", voice, "-s", "165", "-w", str(target), "--stdin"]
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except FileNotFoundError:
            raise SpeechError("espeak-ng is not installed.") from None
        try:
            async with asyncio.timeout(SECONDS):
                _, said = await process.communicate(text.encode())
        except TimeoutError:
            raise SpeechError(f"espeak-ng took longer than {SECONDS} seconds.") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        if process.returncode != 0:
            raise SpeechError(f"espeak-ng failed: {said.decode(errors='replace').strip()[:200]}")


class Credentials(BaseModel):
    """The JSON file on the credentials volume."""

    url: HttpUrl
    api_key: SecretStr


class SpeechService:
    """A service that takes text and answers with a WAV file."""

    name = "service"

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def speak(self, text: str, voice: str, target: Path) -> None:
        key = self._credentials.api_key.get_secret_value()
        try:
            async with httpx.AsyncClient(timeout=SECONDS) as client:
                response = await client.post(
                    str(self._credentials.url),
                    headers={"Authorization": f"Bearer {key}"},
                    json={"text": text, "voice": voice},
                )
        except httpx.HTTPError as error:
            raise SpeechError(f"The speech service does not answer: {type(error).__name__}.") from None
        if response.status_code != 200:
            raise SpeechError(f"The speech service answered {response.status_code}.")
        await asyncio.to_thread(target.write_bytes, response.content)


def create_speech(credentials_file: Path | None) -> Speech:
    """The service where there are credentials for one, else espeak-ng."""
    if credentials_file is None:
        return Espeak()
    try:
        return SpeechService(Credentials.model_validate(json.loads(credentials_file.read_text())))
    except OSError as error:
        raise CredentialsError(f"CREDENTIALS_FILE is {credentials_file}: {error.strerror}.") from None
    except json.JSONDecodeError:
        raise CredentialsError(f"CREDENTIALS_FILE is {credentials_file}, and no JSON.") from None
    except ValidationError as error:
        keys = ", ".join(sorted({str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}))
        raise CredentialsError(f"CREDENTIALS_FILE is {credentials_file}: {keys} missing or wrong.") from None


def seconds_of(audio: Path) -> float:
    """How long a WAV file plays. Raises SpeechError when it is none."""
    try:
        with wave.open(str(audio)) as file:
            return float(round(file.getnframes() / file.getframerate(), 1))
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise SpeechError(f"What was spoken is no WAV file: {error}") from None
