"""`bench optical`: duplicates of optical volumes beside dd, and beside a new image of their files."""

import host
import optical_files
import optical_increments
import optical_sectors
import parts
import report
from host import GIB
from systems import LAUNCHER

MEMORY_BYTES = 16 * GIB
PARTS = {"sectors": optical_sectors, "files": optical_files, "increments": optical_increments}


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_memory(MEMORY_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench optical", host.description(arguments))
    with host.work_directory() as directory:
        failures = parts.measure(arguments, directory, PARTS, result)
    result.failures(failures)
    return result, not failures
