"""What the server runs: `uvicorn main:app`."""

from media.app import create_app

app = create_app()
