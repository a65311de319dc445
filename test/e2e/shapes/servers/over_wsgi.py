"""A WSGI app that shows what its server does with streams and with requests that take long."""

import os
import time
from queue import Queue

from flask import Flask, Response, request

app = Flask(__name__)
said = Queue()
print(f"worker {os.getpid()}", flush=True)


@app.get("/health")
def health():
    return "ok"


@app.get("/scheme")
def scheme():
    return request.scheme


@app.get("/events")
def events():
    def stream():
        yield "data: open\n\n"
        while True:
            yield f"data: {said.get()}\n\n"

    return Response(stream(), mimetype="text/event-stream")


@app.post("/say/<word>")
def say(word):
    said.put(word)
    return "said"


@app.get("/slow")
def slow():
    def parts():
        yield "begun\n"
        time.sleep(1)
        yield "done\n"

    return Response(parts(), mimetype="text/plain")
