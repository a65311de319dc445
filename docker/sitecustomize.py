"""Lets pip on the machine that builds install for the processor that is built for, of which TARGETARCH is the name: the tags of wheels and
the conditions of requirements are then that one's. Python imports this file when it starts, where PYTHONPATH names its directory; where both
processors are the same, it changes nothing. What is installed with it must not have to be compiled: a compiler makes programs for this machine.
"""

import os
import posix

# As the kernel calls them, and pip with it.
MACHINES = {"386": "i686", "amd64": "x86_64", "arm": "armv7l", "arm64": "aarch64", "ppc64le": "ppc64le", "riscv64": "riscv64", "s390x": "s390x"}

machine = MACHINES.get(os.environ.get("TARGETARCH", ""))
own = os.uname()
if machine and machine != own.machine:
    # sysconfig.get_platform() answers with it, which is what it is for; platform.machine() asks the kernel.
    os.environ["_PYTHON_HOST_PLATFORM"] = f"linux-{machine}"
    there = posix.uname_result((own.sysname, own.nodename, own.release, own.version, machine))
    os.uname = lambda: there
