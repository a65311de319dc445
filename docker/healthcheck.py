"""Exits 0 when the app answers on its port: with a status below 400 on QUAYSIDE_HEALTH_PATH, else by accepting a connection."""

import http.client
import os
import re
import socket
import sys

port = int(os.environ.get("PORT", "8000"))
path = os.environ.get("QUAYSIDE_HEALTH_PATH", "")
# An app that answers only to certain names is asked by one of them.
variable = os.environ.get("QUAYSIDE_HOSTS_VARIABLE", "QUAYSIDE_HOSTS")
names = re.split(r"[\s,]+", os.environ.get(variable, "").strip())
host = names[0].lstrip(".") if names[0].strip("*.") else "localhost"
timeout = float(os.environ.get("QUAYSIDE_HEALTH_TIMEOUT", "4"))

try:
    if path:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        connection.request("GET", path, headers={"Host": host, "User-Agent": "quayside-healthcheck"})
        status = connection.getresponse().status
        if status >= 400:
            sys.exit(f"GET {path} answered {status}")
    else:
        socket.create_connection(("127.0.0.1", port), timeout=timeout).close()
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"port {port} does not answer: {error}")
