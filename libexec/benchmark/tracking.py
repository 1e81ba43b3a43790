"""What a session leaves of the write rate of its source, beside what a reflink leaves."""

import contextlib
import time
from dataclasses import dataclass

import clones
import fio
import host
import report
from cells import Cells
from host import GIB
from sessions import Pair
from systems import Bay

RATE = "50M"
NONE, COPYING, TRACKING = "no session", "copying", "tracking"
BEFORE, AFTER = "before", "after"
PEERS = (clones.Xfs, clones.Btrfs)
LEAST = {COPYING: 0.8, TRACKING: 0.95}


def _random(name, depth):
    engine = ("libaio", f"--iodepth={depth}") if depth > 1 else ("psync",)
    options = ("--rw=randwrite", "--bs=4k", "--norandommap", "--direct=1")
    return fio.Row(
        name,
        f"4 KiB random write, depth {depth}",
        (*options, f"--ioengine={engine[0]}", *engine[1:]),
    )


ROWS = (
    _random("rand-1", 1),
    _random("rand-32", 32),
    fio.Row(
        "sequential",
        "1 MiB sequential write",
        ("--rw=write", "--bs=1M", "--direct=1", "--ioengine=psync"),
        "MB/s",
    ),
)


@dataclass
class Source:
    """The volume as fio.measure takes a system."""

    name: str
    file: object
    file_bytes: int
    pid: int
    takes_direct: bool = True


class Ratios:
    """Of each round, the rate in a state over that in the state it is compared with."""

    def __init__(self, cells):
        self.cells = cells
        self._rates = {}
        self._cpu = {}
        self.returned = {}  # milliseconds until a copy was there, by system

    def add(self, row, rates, cpu):
        """What was measured in one round, by (system, state)."""
        for of, values in ((self._rates, rates), (self._cpu, cpu)):
            for key, value in values.items():
                of.setdefault((row.name, *key), []).append(value)

    def rates(self, row, system, state):
        return self._rates.get((row.name, system, state), [])

    def cpu(self, row, system, state):
        return report.median(self._cpu.get((row.name, system, state), []))


@dataclass
class Measured:
    size: int
    place: str
    ratios: Ratios


def measure(arguments, directory):
    size = GIB if arguments.quick else 2 * GIB
    host.require_space(arguments.disk, 14 * size)
    systems = ("copybay", *(peer.name for peer in PEERS))
    ratios = Ratios(Cells(ROWS, [f"{name} {state}" for name in systems for state in _states(name)]))
    with contextlib.ExitStack() as stack:
        backing = stack.enter_context(host.work_directory(arguments.disk))
        bay = stack.enter_context(Bay(backing / "bay", directory / "mnt"))
        host.say(f"source: filling files of {size / GIB:g} GiB")
        sessions = Session(Pair(bay, size), arguments.seconds, ratios)
        host.write_random(sessions.pair.source, size)
        peers = [
            Peer(stack.enter_context(peer(directory, size, arguments.disk)), arguments, ratios)
            for peer in PEERS
        ]
        for number in range(arguments.rounds + 1):
            host.say(f"source: round {number}" + ("" if number else ", uncounted"))
            steps = [sessions, *peers]
            turn = number % len(steps)
            for step in steps[turn:] + steps[:turn]:
                step.round(counted=number > 0)
    return Measured(size, host.file_system_type(arguments.disk), ratios)


def _states(system):
    return (NONE, COPYING, TRACKING) if system == "copybay" else (BEFORE, AFTER)


class _Turn:
    """Measures rows in one state after the other."""

    def __init__(self, name, seconds, ratios):
        self.name = name
        self._seconds = seconds
        self._ratios = ratios

    def _measure(self, system, row, cached=()):
        """With nothing left to write, and none of the files cached."""
        host.run(["sync", "-f", system.file], 300)
        for path in cached:
            fio.forget_cached_pages(path)
        return fio.measure(system, row, self._seconds)

    def _add(self, row, base, states):
        """`base` are the measurements on both sides of the states."""
        rate = sum(cell.throughput for cell in base) / len(base)
        micros = sum(cell.daemon_micros for cell in base) / len(base)
        rates, cpu = {}, {}
        for state, cell in states.items():
            rates[self.name, state] = report.ratio(cell.throughput, rate)
            cpu[self.name, state] = report.ratio(cell.daemon_micros, micros)
            self._ratios.cells.add(row, f"{self.name} {state}", cell)
        for cell in base:
            self._ratios.cells.add(row, f"{self.name} {_states(self.name)[0]}", cell)
        self._ratios.add(row, rates, cpu)


class Session(_Turn):
    """Of each row: no session, a copy under way, tracking, and no session again."""

    def __init__(self, pair, seconds, ratios):
        super().__init__("copybay", seconds, ratios)
        self.pair = pair
        self._system = Source("copybay", pair.source, pair.size, pair.bay.pid)

    def round(self, counted):
        for row in ROWS:
            base = [self._settled(row)]
            self.pair.start(f"rate={RATE}")
            states = {COPYING: self._measure_row(row)}
            if self.pair.info("phase") != "copying/tracking":
                raise host.BenchError("the copy ended before its row: a larger volume is needed")
            self.pair.unlimit()
            self.pair.wait()
            states[TRACKING] = self._settled(row)
            self.pair.cancel()
            base.append(self._settled(row))
            if counted:
                self._add(row, base, states)

    def _settled(self, row):
        self.pair.settle()
        return self._measure_row(row)

    def _measure_row(self, row):
        return self._measure(self._system, row, self.pair.homes[:1])


class Peer(_Turn):
    """Before and after a reflink copy."""

    def __init__(self, system, arguments, ratios):
        super().__init__(system.name, arguments.seconds, ratios)
        self._system = system
        fio.fill(system)

    def round(self, counted):
        for row in ROWS:
            before = self._measure(self._system, row)
            millis = self._copy()
            after = self._measure(self._system, row)
            self._remove_copy()
            if counted:
                self._add(row, [before], {AFTER: after})
                self._ratios.returned.setdefault(self.name, []).append(millis)

    def _copy(self):
        file = self._system.file
        host.run(["sync", "-f", file], 300)
        started = time.perf_counter()
        host.run(["cp", "--reflink=always", file, file.with_name("copy")], 300)
        return (time.perf_counter() - started) * 1000

    def _remove_copy(self):
        self._system.file.with_name("copy").unlink()
        host.run(["sync", "-f", self._system.file], 300)


# ---- the report


def write(result, arguments, measured):
    ratios = measured.ratios
    result.heading("Source")
    result.text(
        f"Writes of {arguments.seconds:g} s to a source of {measured.size / GIB:g} GiB, full of"
        f" data, on {measured.place}: without a session, while the physical copy runs (rate={RATE}),"
        " in phase Tracking when the blocks have settled, and without one again; *no session* is the"
        " mean of both sides; each row has a session of its own. Before each, everything is"
        " synced and the home of the source is not cached: the size of the pieces in which the"
        " kernel caches a file decides what a write of 4 KiB costs. Medians of"
        f" {arguments.rounds} rounds, ratios those of each round. CPU is that of the daemon for"
        " each operation, the copy included, in µs. *xfs* and *btrfs* are a file of the same size"
        " on loop devices on the same disk, before and after `cp --reflink=always`; they write to"
        " the disk itself, where copybay writes to the page cache of the file system below:"
        " compare ratios."
    )
    header = ("row", "unit", NONE, COPYING, TRACKING, "CPU", COPYING, TRACKING)
    header += ("copying / none", "each round", "tracking / none", "each round")
    result.table(header, [_line(ratios, row) for row in ROWS], left=2)
    header = ("row", "unit")
    for peer in PEERS:
        header += (f"{peer.name} before", AFTER, "after / before", "each round")
    result.table(header, [_peer_line(ratios, row) for row in ROWS], left=2)
    took = ", ".join(
        f"{name} {report.number(report.median(millis))} (longest {report.number(max(millis))})"
        for name, millis in ratios.returned.items()
    )
    result.text(f"`cp --reflink=always` returned after, in ms: {took}.")


def _line(ratios, row):
    cells = ratios.cells
    names = [f"copybay {state}" for state in (NONE, COPYING, TRACKING)]
    columns = [row.title, row.unit]
    columns += [report.number(cells.throughput(row, name)) for name in names]
    columns += [report.number(cells.daemon_cpu(row, name)) for name in names]
    for state in (COPYING, TRACKING):
        columns += _ratio(ratios.rates(row, "copybay", state))
    return columns


def _peer_line(ratios, row):
    columns = [row.title, row.unit]
    for peer in PEERS:
        for state in (BEFORE, AFTER):
            rate = ratios.cells.throughput(row, f"{peer.name} {state}")
            columns.append(report.number(rate))
        columns += _ratio(ratios.rates(row, peer.name, AFTER))
    return columns


def _ratio(rounds):
    return [report.two_decimals(report.median(rounds)), f"{min(rounds):.2f} to {max(rounds):.2f}"]


def targets(measured):
    lines = []
    for state, least in LEAST.items():
        for row in ROWS:
            rate = report.median(measured.ratios.rates(row, "copybay", state))
            cpu = measured.ratios.cpu(row, "copybay", state)
            verdict = report.verdict(rate, at_least=least)
            lines.append((f"{state} / no session: {row.title}", *verdict, cpu))
    return lines
