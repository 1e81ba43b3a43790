"""`bench tape`: a tape drive beside a file, smart copies beside cp, seeks, and many cartridges."""

import host
import parts
import report
import tape_archive
import tape_copy
import tape_list
import tape_seek
from host import GIB
from systems import LAUNCHER

SPACE_BYTES = 16 * GIB
PARTS = {"archive": tape_archive, "copy": tape_copy, "seek": tape_seek, "list": tape_list}


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_space(arguments.disk, SPACE_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench tape", host.description(arguments))
    with host.work_directory(arguments.disk) as directory:
        failures = parts.measure(arguments, directory, PARTS, result)
    result.failures(failures)
    return result, not failures
