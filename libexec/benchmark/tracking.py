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
    """Measures all rows in one state after the other."""

    def __init__(self, name, seconds, ratios):
        self.name = name
        self._seconds = seconds
        self._ratios = ratios

    def _rows(self, system):
        """Measurements by row; before each, nothing waits to be written."""
        done = {}
        for row in ROWS:
            host.run(["sync", "-f", system.file], 300)
            done[row.name] = fio.measure(system, row, self._seconds)
        return done

    def _add(self, base, states):
        """`base` are the measurements on both sides of the states."""
        for row in ROWS:
            cells = [one[row.name] for one in base]
            rate = sum(cell.throughput for cell in cells) / len(cells)
            micros = sum(cell.daemon_micros for cell in cells) / len(cells)
            rates, cpu = {}, {}
            for state, done in states.items():
                cell = done[row.name]
                rates[self.name, state] = report.ratio(cell.throughput, rate)
                cpu[self.name, state] = report.ratio(cell.daemon_micros, micros)
                self._ratios.cells.add(row, f"{self.name} {state}", cell)
            for cell in cells:
                first = _states(self.name)[0]
                self._ratios.cells.add(row, f"{self.name} {first}", cell)
            self._ratios.add(row, rates, cpu)


class Session(_Turn):
    """No session, a copy under way, tracking, and no session again."""

    def __init__(self, pair, seconds, ratios):
        super().__init__("copybay", seconds, ratios)
        self.pair = pair
        self._system = Source("copybay", pair.source, pair.size, pair.bay.pid)

    def round(self, counted):
        self.pair.settle()
        base = [self._rows(self._system)]
        self.pair.start(f"rate={RATE}")
        states = {COPYING: self._rows(self._system)}
        if self.pair.info("phase") != "copying/tracking":
            raise host.BenchError("the copy ended before its rows did: a larger volume is needed")
        self.pair.unlimit()
        self.pair.wait()
        self.pair.settle()
        states[TRACKING] = self._rows(self._system)
        self.pair.cancel()
        self.pair.settle()
        base.append(self._rows(self._system))
        if counted:
            self._add(base, states)


class Peer(_Turn):
    """Before and after a reflink copy."""

    def __init__(self, system, arguments, ratios):
        super().__init__(system.name, arguments.seconds, ratios)
        self._system = system
        fio.fill(system)

    def round(self, counted):
        file = self._system.file
        copy = file.with_name("copy")
        base = [self._rows(self._system)]
        host.run(["sync", "-f", file], 300)
        started = time.perf_counter()
        host.run(["cp", "--reflink=always", file, copy], 300)
        millis = (time.perf_counter() - started) * 1000
        states = {AFTER: self._rows(self._system)}
        copy.unlink()
        host.run(["sync", "-f", file], 300)
        if counted:
            self._add(base, states)
            self._ratios.returned.setdefault(self.name, []).append(millis)


# ---- the report


def write(result, arguments, measured):
    ratios = measured.ratios
    result.heading("Source")
    result.text(
        f"Writes of {arguments.seconds:g} s to a source of {measured.size / GIB:g} GiB, full of"
        f" data, on {measured.place}: without a session, while the physical copy runs (rate={RATE}),"
        " in phase Tracking when the blocks have settled, and without one again; *no session* is the"
        f" mean of both sides. Everything is synced before each row. Medians of {arguments.rounds}"
        " rounds, ratios those of each round. CPU is that of the daemon for each operation, the"
        f" copy included, in µs. *xfs* and *btrfs* are a file of the same size on loop devices on"
        " the same disk, before and after `cp --reflink=always`; they write to the disk"
        " itself, where copybay writes to the page cache of the file system below: compare ratios."
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
