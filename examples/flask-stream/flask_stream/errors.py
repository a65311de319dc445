"""Errors as JSON: a code for programs and a sentence for people."""

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from flask_stream.media import MediaError


def register(app: Flask) -> None:
    """Answer every error of the app as JSON."""

    @app.errorhandler(MediaError)
    def media_error(error: MediaError) -> tuple[Response, int]:
        return _answer(error.status, error.code, str(error))

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> tuple[Response, int]:
        limit = app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024)
        return _answer(413, "too_large", f"The file is larger than {limit} MB.")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int] | Response:
        if error.code is None or error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        code = error.name.lower().replace(" ", "_")
        return _answer(error.code, code, error.description or error.name)


def _answer(status: int, code: str, message: str) -> tuple[Response, int]:
    return jsonify(error={"code": code, "message": message}), status
