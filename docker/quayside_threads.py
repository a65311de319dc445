"""gunicorn's worker with threads, for a server that may have nobody in front of it: a request takes a thread once its headers and the
beginning of its body are there. Who sends half a request waits with the others who do, and is sent away after a while.
"""

import re
import select
import socket
import threading
import time

from gunicorn.workers.gthread import ThreadWorker

# Seconds for the headers and what is wanted of the body.
PATIENCE = 15
# As much as is looked at: longer headers and bodies are up to whoever reads them.
MOST = 64 * 1024
ENOUGH = 32 * 1024
LENGTH = re.compile(rb"\r?\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
WAITS = re.compile(rb"\r?\nexpect:[ \t]*100-continue", re.IGNORECASE)
LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def is_there(data):
    """Whether a thread would have something to do: what has come is a request, as far as it has to be waited for."""
    end = re.search(rb"\r?\n\r?\n", data)
    if not end:
        return len(data) >= MOST
    headers = data[: end.start()]
    length = LENGTH.search(headers)
    if not length or WAITS.search(headers):
        return True
    return len(data) - end.end() >= min(int(length.group(1)), ENOUGH)


def looked_at(sock):
    """What has come and was not read yet; None when nothing more will come."""
    try:
        return sock.recv(MOST, socket.MSG_PEEK | socket.MSG_DONTWAIT) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None


class Gate(threading.Thread):
    """Keeps connections until their requests are there."""

    def __init__(self, admit, is_open):
        super().__init__(name="gate", daemon=True)
        self.admit, self.is_open = admit, is_open
        self.lock = threading.Lock()
        self.waiting = {}
        # Told of each arrival once: what was looked at stays unread.
        self.poll = select.epoll()

    def keep(self, conn):
        number = conn.sock.fileno()
        with self.lock:
            self.waiting[number] = (conn, time.monotonic() + PATIENCE)
        self.poll.register(number, select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLET)

    def release(self, number):
        with self.lock:
            conn, _ = self.waiting.pop(number)
        self.poll.unregister(number)
        self.admit(conn)

    def run(self):
        while True:
            for number, _ in self.poll.poll(0.5):
                conn, _ = self.waiting[number]
                data = looked_at(conn.sock)
                if data is None or is_there(data):
                    self.release(number)
            now = time.monotonic() if self.is_open() else float("inf")
            for number, (conn, deadline) in list(self.waiting.items()):
                if deadline < now:
                    self.send_away(conn.sock)
                    self.release(number)

    @staticmethod
    def send_away(sock):
        """Whoever gets the connection then finds its end, and closes it as any other."""
        try:
            sock.send(LATE, socket.MSG_DONTWAIT)
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Worker(ThreadWorker):
    def init_process(self):
        self.gate = Gate(self.start_request, lambda: self.alive)
        self.gate.start()
        super().init_process()

    def enqueue_req(self, conn):
        unread = conn.parser is not None and conn.parser.unreader.buf.getvalue()
        data = b"" if unread or self.cfg.is_ssl else looked_at(conn.sock)
        if unread or self.cfg.is_ssl or data is None or is_there(data):
            self.start_request(conn)
        else:
            self.gate.keep(conn)

    def start_request(self, conn):
        try:
            super().enqueue_req(conn)
        except RuntimeError:
            # The threads have ended, and so does the server.
            conn.sock.close()
