"""A bay with optical volumes, for what is measured of them."""

import contextlib
import time

import host
from systems import Bay

COPY_TIMEOUT = 1200
DVD_BYTES = 4_700_372_992
SECTOR_BYTES = 2048


class Jukebox:
    """A library with two cartridges of one side each, SRC and DST, on a tmpfs of its own."""

    def __init__(self, directory, capacity=DVD_BYTES, media="*DVD-RAM", room=0):
        self._directory = directory
        self._capacity = capacity
        self._media = media
        self._room = room or 3 * capacity + host.GIB

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.backing = stack.enter_context(
                host.tmpfs(self._directory / "backing", self._room)
            )
            self.bay = stack.enter_context(
                Bay(self.backing / "bay", self._directory / "mnt")
            )
            self.bay.control("optical device name=LIB type=library drives=2 slots=4")
            for name in ("SRC", "DST"):
                self.bay.control(
                    f"optical add device=LIB cartridge={name} media={self._media}"
                    f" capacity={self._capacity} sides=1"
                )
                self.bay.control(f"optical initialize volume={name}.A newvol={name}")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def volume(self, name):
        return self.bay.mount_point / "optical" / name

    def home(self, key):
        """The plain file in the bay that holds a side."""
        path = self.bay.mount_point / ".control" / "optical" / "volumes" / key / "status"
        status = dict(line.split(": ", 1) for line in path.read_text().splitlines())
        return self.bay.path / "volumes" / status["uuid"] / "home"

    def duplicate(self, job_name, words):
        """Returns the seconds from the command to the end, and what the job tells of itself."""
        cpu = host.cpu_seconds(self.bay.pid)
        started = time.monotonic()
        self.bay.control(f"optical duplicate from=SRC to=DST {words} id={job_name}")
        self.bay.wait(job_name, COPY_TIMEOUT)
        seconds = time.monotonic() - started
        cpu = host.cpu_seconds(self.bay.pid) - cpu
        lines = (self.bay.job(job_name) / "status").read_text().splitlines()
        return seconds, cpu, dict(line.split(": ", 1) for line in lines if ": " in line)
