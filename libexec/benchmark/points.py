"""`bench points`: what points in time and write bitmaps cost, beside peers where there are some."""

import bitmaps
import freezing
import host
import many_points
import parts
import report
import touching
from host import GIB
from systems import LAUNCHER

MEMORY_BYTES = 12 * GIB
PARTS = {"freeze": freezing, "after": touching, "many": many_points, "bitmaps": bitmaps}


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_memory(MEMORY_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench points", host.description(arguments))
    with host.work_directory() as directory:
        host.say("taking memory once, so that no counted round has to")
        host.touch_memory(directory / "memory", MEMORY_BYTES - 2 * GIB)
        failures = parts.measure(arguments, directory, PARTS, result)
    result.text("*by CPU* is the same ratio of the CPU of the daemon for each operation.")
    result.failures(failures)
    return result, not failures
