"""Prints why a page is an error, where the framework tells nobody: in production Django writes to its administrators alone.

Usage: page-error.py PATH HOST
"""

import os
import sys
import traceback


def main(path, host):
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        return
    sys.path.insert(0, os.getcwd())
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    from django.test import Client  # noqa: PLC0415

    # Where every page is to be secure, it is asked as who stands in front asks.
    header = getattr(settings, "SECURE_PROXY_SSL_HEADER", None)
    headers = {"HTTP_HOST": host, **({header[0]: header[1]} if header else {})}
    try:
        Client().get(path, **headers)
    except Exception:
        traceback.print_exc()


if __name__ == "__main__":
    main(*sys.argv[1:])
