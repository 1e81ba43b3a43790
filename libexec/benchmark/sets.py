"""A shadow set of two members in a bay, and what is written to it while one of them is away."""

import contextlib
import os
import random
from pathlib import Path

import fio
import host

SET, SOURCE, TARGET = "DSA1", "a", "b"
BLOCK_BYTES = 4096
REGION_BYTES = 65024  # 127 blocks of 512 bytes, what a bit of a write bitmap is for
COPY_TIMEOUT = 1800


class Mirror:
    """DSA1 with the members a and b, new ones without data."""

    def __init__(self, bay, size):
        self.bay = bay
        self.size = size
        self.unit = bay.unit(SET)
        bay.control(f"create volume {SOURCE} size={size}")
        bay.control(f"create volume {TARGET} size={size}")
        bay.control(f"mount set={SET} members={SOURCE},{TARGET} id=first")
        bay.wait("first", COPY_TIMEOUT)
        self.homes = [Path(bay.status(name)["path"]) for name in (SOURCE, TARGET)]

    def split(self):
        self.bay.control(f"split members={TARGET}")

    def begin(self, job_name, policy):
        """Brings the second member back, by a job."""
        self.bay.control(f"mount set={SET} members={TARGET} policy={policy} id={job_name}")

    def wait(self, job_name):
        """Returns the bytes that the job copied, once it has ended well."""
        self.bay.wait(job_name, COPY_TIMEOUT)
        words = (self.bay.job(job_name) / "result").read_text().split()
        return int(dict(word.split("=", 1) for word in words)["copied"])

    def compare(self):
        """The homes hold the bytes of the members: they have no points."""
        host.run(["cmp", *self.homes], COPY_TIMEOUT)


def blocks(size, share):
    """That share of all blocks at random, each once, as (offset, length) pairs."""
    return _some(size // BLOCK_BYTES, BLOCK_BYTES, share)


def regions(size, share):
    """The same of whole regions."""
    return _some(size // REGION_BYTES, REGION_BYTES, share)


def _some(count, length, share):
    chosen = random.Random(fio.seed).sample(range(count), round(count * share))
    return [(number * length, length) for number in chosen]


def in_order(extents):
    """The same extents as whoever copies them has them: rising, neighbours joined."""
    joined = []
    for offset, length in sorted(extents):
        if joined and sum(joined[-1]) == offset:
            joined[-1] = (joined[-1][0], joined[-1][1] + length)
        else:
            joined.append((offset, length))
    return joined


def write_random(path, extents):
    """Other bytes each time, else a copy that misses some would not be noticed."""
    with open_file(path, os.O_WRONLY) as file:
        for offset, length in extents:
            os.pwrite(file, os.urandom(length), offset)
        os.fsync(file)


@contextlib.contextmanager
def open_file(path, flags):
    file = os.open(path, flags)
    try:
        yield file
    finally:
        os.close(file)


def settle(files):
    """Nothing is left to write, and none of these files is in the page cache."""
    os.sync()
    for file in files:
        fio.forget_cached_pages(file)
