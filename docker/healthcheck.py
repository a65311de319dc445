"""Exits 0 when the app answers on its port: with a status below 400 on QUAYSIDE_HEALTH_PATH, or 429, else by accepting a connection."""

import http.client
import os
import re
import socket
import sys

PORT = int(os.environ.get("PORT", "8000"))
PATH = os.environ.get("QUAYSIDE_HEALTH_PATH", "")
TIMEOUT = float(os.environ.get("QUAYSIDE_HEALTH_TIMEOUT", "4"))


def host():
    """The name that the app is asked by: one that answers only to certain names is asked by one of them."""
    variable = os.environ.get("QUAYSIDE_HOSTS_VARIABLE", "QUAYSIDE_HOSTS")
    names = re.split(r"[\s,]+", os.environ.get(variable, "").strip())
    return names[0].lstrip(".") if names[0].strip("*.") else "localhost"


def status_of(path, timeout=TIMEOUT):
    """The status that a path answers with."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": host(), "User-Agent": "quayside-healthcheck"})
        return connection.getresponse().status
    finally:
        connection.close()


def is_failure(status):
    """Whether a status says that the app is not well. One that limits how often it is asked (429) answers, and works."""
    return status >= 400 and status != 429


def main():
    try:
        if PATH:
            status = status_of(PATH)
            if is_failure(status):
                sys.exit(f"GET {PATH} answered {status}")
        else:
            socket.create_connection(("127.0.0.1", PORT), timeout=TIMEOUT).close()
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"port {PORT} does not answer: {error}")


if __name__ == "__main__":
    main()
