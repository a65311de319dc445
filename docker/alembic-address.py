"""Runs Alembic with the address in a variable in place of the one that its configuration has: that is the address of one machine. The driver
stays the one that the configuration names, for which its scripts are written.

Usage: alembic-address.py VARIABLE ARGUMENT... ; the arguments as alembic takes them. Without the variable nothing is changed.
"""

import os
import re
import sys

from alembic import config


def placed(written, given):
    """The address that is given, with the driver of the one that is written."""
    scheme = re.match(r"[\w+]+(?=://)", written)
    return re.sub(r"^[\w+]+(?=://)", scheme.group(0), given) if scheme else given


class At(config.Config):
    """The configuration, at another address."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        given = os.environ.get(sys.argv[1])
        written = self.get_main_option("sqlalchemy.url")
        if given and written:
            # A % begins what the file's reader fills in.
            self.set_main_option("sqlalchemy.url", placed(written, given).replace("%", "%%"))


if __name__ == "__main__":
    # The program makes its configuration of whatever goes by that name.
    config.Config = At
    config.main(argv=sys.argv[2:], prog="alembic")
