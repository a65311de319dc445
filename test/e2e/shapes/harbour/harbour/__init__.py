"""Serves what the frontend was built to."""

from pathlib import Path

from flask import Flask

app = Flask(__name__, static_folder=Path("frontend/dist").absolute())


@app.get("/health")
def health():
    return "ok"
