"""`bench shadow`: what shadow sets cost, and what a minicopy saves."""

import host
import meanwhile
import members
import minicopies
import parts
import report
from host import GIB
from systems import LAUNCHER

MEMORY_BYTES = 4 * GIB
PARTS = {"minicopy": minicopies, "members": members, "meanwhile": meanwhile}


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_memory(MEMORY_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench shadow", host.description(arguments))
    with host.work_directory() as directory:
        failures = parts.measure(arguments, directory, PARTS, result)
    result.text("*by CPU* is the same ratio of the CPU of the processes, for each operation.")
    result.failures(failures)
    return result, not failures
