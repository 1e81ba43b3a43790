"""`bench safeguarded`: what a backup costs who writes, and what many of them do to a bay."""

import backups
import generations
import host
import parts
import report
import thousands
from host import GIB
from systems import LAUNCHER

MEMORY_BYTES = 8 * GIB
PARTS = {"backup": backups, "held": thousands, "peers": generations}


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_memory(MEMORY_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench safeguarded", host.description(arguments))
    with host.work_directory() as directory:
        failures = parts.measure(arguments, directory, PARTS, result)
    result.text("*by CPU* is the same ratio of the CPU of the daemon, for each operation.")
    result.failures(failures)
    return result, not failures
