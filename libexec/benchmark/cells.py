"""The measurements of a run, by row and system, and what is told of them."""

import report


class Cells:
    """Every measurement by row and system, and every failure."""

    def __init__(self, rows, systems):
        self._rounds = {(row.name, system): [] for row in rows for system in systems}
        self.failures = []

    def add(self, row, system, measurement):
        self._rounds[row.name, system].append(measurement)

    def throughput(self, row, system):
        return self._median(row, system, "throughput")

    def cpu(self, row, system):
        return self._median(row, system, "cpu_micros")

    def daemon_cpu(self, row, system):
        return self._median(row, system, "daemon_micros")

    def spread(self, row, system):
        """Largest minus smallest throughput of the rounds, as a part of the median."""
        rounds = [m.throughput for m in self._rounds.get((row.name, system), ())]
        return report.ratio(max(rounds) - min(rounds), report.median(rounds)) if rounds else None

    def _median(self, row, system, field):
        rounds = self._rounds.get((row.name, system), ())
        return report.median([getattr(measurement, field) for measurement in rounds])
