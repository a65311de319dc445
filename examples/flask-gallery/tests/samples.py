"""Pictures and sounds made without any library, so that every suite can use them."""

import io
import math
import struct
import wave
import zlib


def png(width: int = 64, height: int = 48, colour: tuple[int, int, int] = (124, 45, 94)) -> bytes:
    """A PNG file of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wav(seconds: float = 2.0, rate: int = 8000) -> bytes:
    """A WAV file with a tone that grows from silence to full loudness."""
    count = int(seconds * rate)
    samples = (int(32000 * at / count * math.sin(2 * math.pi * 440 * at / rate)) for at in range(count))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{count}h", *samples))
    return buffer.getvalue()
