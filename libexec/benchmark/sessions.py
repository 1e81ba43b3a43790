"""A pair of a QuickOPC group in a bay, and the commands for it."""

import os
from pathlib import Path

import clones
import host

GROUP, PAIR, SOURCE, TARGET = "bench", "pair", "source", "target"
COPY_TIMEOUT = 1800
SETTLE_SECONDS = 120


class Pair:
    """A source and a target of the same size, new ones without data."""

    def __init__(self, bay, size):
        self.bay = bay
        self.size = size
        self.source, self.target = (
            clones.add_volume(bay, name, size) for name in (SOURCE, TARGET)
        )
        bay.control(f"quickopc group create group={GROUP}")
        names = f"source={SOURCE} target={TARGET}"
        bay.control(f"quickopc pair add group={GROUP} pair={PAIR} {names}")
        self.homes = [Path(bay.status(name)["path"]) for name in (SOURCE, TARGET)]

    @staticmethod
    def start_line(words=""):
        return f"quickopc start group={GROUP} pair={PAIR} {words}\n"

    def start(self, words=""):
        self.bay.control(self.start_line(words))

    def cancel(self):
        self.bay.control(f"quickopc cancel group={GROUP} pair={PAIR}")

    def unlimit(self):
        """The copy under way goes on as fast as it can."""
        self.bay.control(f"rate job={self.info('job')} limit=0")

    def info(self, key):
        path = self.bay.mount_point / ".control" / "quickopc" / GROUP / PAIR / "info"
        return dict(line.split(": ", 1) for line in path.read_text().splitlines())[key]

    def wait(self):
        """Until all is copied."""
        what = f"copy of {self.size} bytes"
        host.wait_until(lambda: self.info("phase") == "tracking", COPY_TIMEOUT, what)

    def settle(self):
        """Until nothing of the source lies elsewhere any more, and nothing is left to write."""

        def settled():
            return self.bay.status(SOURCE)["away_bytes"] == "0"

        host.wait_until(settled, SETTLE_SECONDS, "settling of the source")
        os.sync()

    def copied(self, job_name):
        """The bytes that a job copied, once it has ended well."""
        self.bay.wait(job_name, COPY_TIMEOUT)
        words = (self.bay.job(job_name) / "result").read_text().split()
        return int(dict(word.split("=", 1) for word in words)["copied"])
