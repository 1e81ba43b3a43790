"""mt seek to blocks of a tape of 1,000,000 records whose index is not in memory."""

import os
import random
import time

import report
from host import say
from tape_library import Library

MOST_MILLIS = 50
RECORDS = 1_000_000
RECORD_BYTES = 128
SEEKS = 20


def measure(arguments, directory):
    with Library(directory) as library:
        library.load()
        say(f"seek: writing {RECORDS} records")
        record = os.urandom(RECORD_BYTES)
        descriptor = os.open(library.drive, os.O_WRONLY)
        for _ in range(RECORDS):
            os.write(descriptor, record)
        os.close(descriptor)
        choose = random.Random(arguments.seed)
        return [_seek(library, choose.randrange(RECORDS)) for _ in range(SEEKS)]


def _seek(library, block):
    """Milliseconds of one mt, with nothing of the disk in memory."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as caches:
        caches.write("3\n")
    library.mt("tell")  # mt itself is in memory again
    started = time.monotonic()
    library.mt("seek", block)
    return (time.monotonic() - started) * 1000


def write(result, arguments, millis):
    result.heading("mt seek on a tape of 1,000,000 records")
    result.text(f"{SEEKS} seeks to random blocks, caches dropped before each; milliseconds.")
    row = (report.number(report.median(millis)), report.number(max(millis)))
    result.table(("", "median", "longest"), [("mt seek", *row)])


def targets(millis):
    measured = report.verdict(max(millis), at_most=MOST_MILLIS)
    return [("longest mt seek, milliseconds", *measured, None)]
