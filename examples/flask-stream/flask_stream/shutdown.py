"""Tells long-running responses that the process is asked to stop."""

import signal
import threading
from collections.abc import Callable
from types import FrameType


def on_stop(callback: Callable[[], None]) -> None:
    """Call `callback` on SIGTERM, before what the server itself does on that signal.

    A stream never ends by itself, so without this a stopping server waits for its whole grace period. Does nothing
    outside the main thread or when no server handles the signal.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    previous = signal.getsignal(signal.SIGTERM)
    if not callable(previous):
        return

    def handle(number: int, frame: FrameType | None) -> None:
        callback()
        previous(number, frame)

    signal.signal(signal.SIGTERM, handle)
