"""`bench shadow`: what shadow sets cost, and what a minicopy saves."""

import host
import meanwhile
import members
import minicopies
import report
from host import GIB, BenchError
from systems import LAUNCHER

MEMORY_BYTES = 4 * GIB
PARTS = {"minicopy": minicopies, "members": members, "meanwhile": meanwhile}


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_memory(MEMORY_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench shadow", host.description(arguments))
    targets, failures = [], []
    with host.work_directory() as directory:
        for name in arguments.only or PARTS:
            part = PARTS[name]
            (directory / name).mkdir()
            try:
                measured = part.measure(arguments, directory / name)
            except (BenchError, OSError) as error:
                failures.append(f"{name}: {error}")
                continue
            part.write(result, arguments, measured)
            targets += part.targets(measured)
    result.targets([(*line, report.two_decimals(cpu)) for *line, cpu in targets], ("by CPU",))
    result.text("*by CPU* is the same ratio of the CPU of the processes, for each operation.")
    result.failures(failures)
    return result, not failures
