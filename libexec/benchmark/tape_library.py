"""A bay with tapes, for what is measured of them."""

import contextlib
import os
import time

import host
from host import GIB
from systems import Bay

TIMEOUT = 1800
CAPACITY = 20 * GIB


class Library:
    """A virtual library VTL with cartridge SRC in its first slot, and VAULT beside it with DST."""

    def __init__(self, directory):
        self.directory = directory

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.bay = stack.enter_context(Bay(self.directory / "bay", self.directory / "mnt"))
            vault = self.directory / "vault"
            vault.mkdir()
            self.control("tape library name=VTL drives=1 slots=10")
            self.control(f"tape library name=VAULT type=destination path={vault} slots=10")
            self.control(f"tape add library=VTL barcode=SRC capacity={CAPACITY}")
            self.control(f"tape add library=VAULT barcode=DST capacity={CAPACITY}")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def control(self, line):
        self.bay.control(line)

    def load(self):
        self.control("tape load barcode=SRC drive=nst0")

    def unload(self):
        self.control("tape unload drive=nst0")

    @property
    def drive(self):
        return self.bay.mount_point / "drives" / "nst0"

    def mt(self, *words):
        host.run(["mt", "-f", self.drive, *map(str, words)], TIMEOUT)

    def daemon_cpu(self):
        return host.cpu_seconds(self.bay.pid)


def timed(command, timeout=TIMEOUT):
    """Seconds of a command by the clock, and of CPU."""
    cpu = host.children_cpu_seconds()
    started = time.monotonic()
    host.run(command, timeout)
    seconds = time.monotonic() - started
    return seconds, host.children_cpu_seconds() - cpu


def make_tree(directory, size, file_bytes=8 << 20):
    """Files of random bytes, in all so many; each has the same, which nothing here looks for."""
    directory.mkdir()
    content = os.urandom(file_bytes)
    for number in range(size // file_bytes):
        (directory / f"file{number:04}").write_bytes(content)
    os.sync()
