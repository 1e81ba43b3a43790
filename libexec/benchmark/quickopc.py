"""`bench quickopc`: what a session costs the source, and what a start moves."""

import differentials
import host
import parts
import report
import starting
import tracking
from host import GIB
from systems import LAUNCHER

MEMORY_BYTES = 4 * GIB
PARTS = {"start": starting, "source": tracking, "copy": differentials}


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_memory(MEMORY_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench quickopc", host.description(arguments))
    with host.work_directory() as directory:
        failures = parts.measure(arguments, directory, PARTS, result)
    result.text("*by CPU* is the same ratio of the CPU of the processes, for each operation.")
    result.failures(failures)
    return result, not failures
