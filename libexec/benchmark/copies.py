"""Copies that are compared: what each took, and what it moved over what was to be moved."""

from dataclasses import dataclass

import host
import report


@dataclass(frozen=True)
class Run:
    """One copy: seconds until all is on the disk, CPU, and bytes over those that were changed."""

    seconds: float
    cpu: float
    moved: float  # as who copies tells it
    written: float  # wchar
    disk: float  # write_bytes
    read: float  # rchar


class Runs:
    """Every counted run by pattern and system, in the order of the rounds."""

    def __init__(self):
        self._runs = {}

    def add(self, pattern, system, run):
        self._runs.setdefault((pattern.name, system), []).append(run)

    def of(self, pattern, system):
        return self._runs.get((pattern.name, system), [])

    def median(self, pattern, system, field):
        return report.median([getattr(run, field) for run in self.of(pattern, system)])

    def ratios(self, one, other, field="seconds"):
        """One over the other, round by round; both are (pattern, system)."""
        pairs = zip(self.of(*one), self.of(*other))
        return [
            ratio
            for a, b in pairs
            if (ratio := report.ratio(getattr(a, field), getattr(b, field))) is not None
        ]


def run(pid, changed, copy):
    """Copies, and returns what that cost the process."""
    cpu, before = host.cpu_seconds(pid), host.io_counts(pid)
    moved, seconds = copy()
    cpu, after = host.cpu_seconds(pid) - cpu, host.io_counts(pid)
    written, disk, read = (
        (after[name] - before[name]) / changed for name in ("wchar", "write_bytes", "rchar")
    )
    return Run(seconds, cpu, moved / changed, written, disk, read)
