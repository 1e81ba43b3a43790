"""What a point costs the reads and writes after it, beside other ways to keep a file's content."""

import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

import clones
import fio
import host
import report
from cells import Cells
from host import GIB
from systems import sparse

MIB = fio.MIB
FILE_BYTES = GIB
FILE_BYTES_ON_DISK = GIB // 4
FILE_BYTES_ON_XFS = GIB // 2
SYSTEMS = (clones.Copybay, clones.Xfs, clones.Btrfs, clones.Qcow2, clones.NewFile)
PLAIN = (clones.Copybay, clones.NewFile)  # those that stand on any file system
QUIET_SECONDS = 0.5  # for what the kernel does after a clone was deleted
NAMES = [system.name for system in SYSTEMS]


@dataclass(frozen=True)
class Pair:
    """A row before a point, the same after it, and the least that is to be left of it."""

    before: fio.Row
    after: fio.Row
    least: float

    @property
    def title(self):
        return self.after.title


def _pair(name, title, least, *options, unit="kIOPS", after="after"):
    row = fio.Row(name, title, options, unit, one_pass=True)
    return Pair(row, replace(row, name=f"{name} {after}"), least)


def _direct(kind, from_mib, mib, depth):
    """4 KiB at random, each block of that part of the file once."""
    engine = ("libaio", f"--iodepth={depth}") if depth > 1 else ("psync",)
    where = (f"--offset={from_mib}M", f"--size={mib}M")
    return (f"--rw={kind}", "--bs=4k", "--direct=1", f"--ioengine={engine[0]}", *engine[1:], *where)


def _sequential(kind):
    return (f"--rw={kind}", "--bs=1M", "--direct=1", "--ioengine=psync")


def _fsync(from_mib, mib):
    where = (f"--offset={from_mib}M", f"--size={mib}M")
    return ("--rw=randwrite", "--bs=4k", "--ioengine=psync", "--fsync=1", *where)


OVERWRITE = _pair(
    "overwrite", "1 MiB sequential overwrite", 0.9, *_sequential("write"), unit="MB/s"
)
TOUCHES = (
    _pair("touch-1", "4 KiB random first touch, depth 1", 0.7, *_direct("randwrite", 0, 256, 1)),
    _pair(
        "touch-32", "4 KiB random first touch, depth 32", 0.7, *_direct("randwrite", 256, 512, 32)
    ),
    _pair("touch-fsync", "the same, fsync after each", 0.5, *_fsync(768, 256)),
)
READ = _pair(
    "read", "1 MiB sequential read, touched", 0.5, *_sequential("read"), unit="MB/s"
)
SETTLED = replace(
    READ,
    after=replace(READ.after, name="read settled", title="1 MiB sequential read, settled"),
    least=0.95,
)
ON_XFS = (
    _pair("xfs overwrite", f"{OVERWRITE.title}, xfs", 0.9, *_sequential("write"), unit="MB/s"),
    _pair("xfs touch-32", f"{TOUCHES[1].title}, xfs", 0.7, *_direct("randwrite", 0, 256, 32)),
)
ON_DISK = _pair("disk-fsync", "4 KiB random first touch, fsync after each", 0.5, *_fsync(0, 256))


class Round:
    """One round of all systems, in turn step by step; who goes first changes each round."""

    def __init__(self, systems, number, seconds, cells, instants):
        turn = number % len(systems)
        self._systems = systems[turn:] + systems[:turn]
        self._number = number
        self._seconds = seconds
        self._cells = cells
        self._instants = instants  # milliseconds of taking a point, by name of the system

    def measure(self, row):
        def cell(system):
            measurement = fio.measure(system, row, self._seconds)
            if self._cells is not None:
                self._cells.add(row, system.name, measurement)

        self._each(row.name, cell)

    def take_point(self):
        def take(system):
            started = time.perf_counter()
            system.take_point("point")
            if self._cells is not None:
                millis = (time.perf_counter() - started) * 1000
                self._instants.setdefault(system.name, []).append(millis)

        self._each("point", take)

    def drop_point(self):
        self._each("drop", lambda system: system.drop_point("point"))
        self._each("settle", lambda system: system.settle())
        time.sleep(QUIET_SECONDS)

    def _each(self, what, do):
        host.say(f"round {self._number}: {what}" + ("" if self._cells else ", uncounted"))
        for system in self._systems:
            do(system)


def measure(arguments, directory):
    """The rows on tmpfs, then fsync on a disk; returns what `write` and `targets` take."""
    cells = Cells([row for pair in _pairs() for row in (pair.before, pair.after)], NAMES)
    instants = {}
    with _systems(directory / "memory", FILE_BYTES, None) as systems:
        for number in range(arguments.rounds + 1):
            counted = cells if number > 0 else None
            turn = Round(systems, number, arguments.seconds, counted, instants)
            _round_in_memory(turn)
    with _xfs(directory, arguments.disk) as place:
        with _systems(directory / "xfs", FILE_BYTES_ON_XFS, place, PLAIN) as systems:
            for number in range(arguments.rounds + 1):
                counted = cells if number > 0 else None
                _round_on_xfs(Round(systems, number, arguments.seconds, counted, {}))
    with _systems(directory / "disk", FILE_BYTES_ON_DISK, arguments.disk) as systems:
        for number in range(arguments.rounds):
            turn = Round(systems, number, arguments.seconds, cells, {})
            turn.measure(ON_DISK.before)
            turn.take_point()
            turn.measure(ON_DISK.after)
            turn.drop_point()
    return cells, instants


def _pairs():
    return (OVERWRITE, *TOUCHES, READ, SETTLED, *ON_XFS, ON_DISK)


@contextlib.contextmanager
def _xfs(directory, disk):
    """A directory on an xfs, whose image lies on the disk: new pages cost least there."""
    with contextlib.ExitStack() as stack:
        image = sparse(stack.enter_context(host.work_directory(disk)) / "image", 6 * GIB)
        device = stack.enter_context(clones.loop(image))
        host.run(["mkfs.xfs", "-q", device], 60)
        place = directory / "place"
        place.mkdir()
        host.run(["mount", device, place], 60)
        stack.callback(host.detach, place)
        yield place


@contextlib.contextmanager
def _systems(directory, file_bytes, disk, kinds=SYSTEMS):
    directory.mkdir()
    with contextlib.ExitStack() as stack:
        systems = []
        for system in kinds:
            host.say(f"starting and filling {system.name}")
            systems.append(stack.enter_context(system(directory, file_bytes, disk)))
            fio.fill(systems[-1])
        yield systems


def _round_in_memory(turn):
    for pair in (OVERWRITE, *TOUCHES, READ):
        turn.measure(pair.before)
    turn.take_point()
    turn.measure(OVERWRITE.after)
    turn.drop_point()
    turn.take_point()
    for pair in (*TOUCHES, READ):
        turn.measure(pair.after)
    turn.drop_point()
    turn.measure(SETTLED.after)


def _round_on_xfs(turn):
    for pair in ON_XFS:
        turn.measure(pair.before)
        turn.take_point()
        turn.measure(pair.after)
        turn.drop_point()


def write(result, arguments, measured):
    cells, instants = measured
    result.heading("After a point")
    result.text(
        f"A file of {FILE_BYTES // GIB} GiB on tmpfs; of {FILE_BYTES_ON_XFS // MIB} MiB on an xfs"
        f" in a loop device where a row says so; the last row {FILE_BYTES_ON_DISK // MIB} MiB on a disk"
        f" ({host.file_system_type(arguments.disk)}); medians of {arguments.rounds}"
        " rounds, the systems in turn step by step. Ratios: what is left of the rate before;"
        f" {clones.NewFile.name} begins an empty file instead of a point: what space alone costs."
    )
    header = ("row", "unit", "before", "after", "CPU before", "CPU after", *NAMES, "spread")
    result.table(header, [_line(cells, pair) for pair in _pairs()], left=2)
    instant = {name: report.median(instants.get(name)) for name in NAMES}
    millis = ", ".join(f"{name} {report.number(instant[name])}" for name in NAMES)
    result.text(
        "*before*, *after* and CPU (µs of the daemon for each operation) are those of copybay,"
        f" *spread* that of its rate after. Taking a point took, in ms: {millis}."
    )


def _line(cells, pair):
    rates = [cells.throughput(row, "copybay") for row in (pair.before, pair.after)]
    cpu = [cells.daemon_cpu(row, "copybay") for row in (pair.before, pair.after)]
    ratios = [report.two_decimals(_left(cells, pair, name)) for name in NAMES]
    spread = report.two_decimals(cells.spread(pair.after, "copybay"))
    numbers = [report.number(value) for value in rates + cpu]
    return (pair.title, pair.after.unit, *numbers, *ratios, spread)


def _left(cells, pair, name):
    return report.ratio(cells.throughput(pair.after, name), cells.throughput(pair.before, name))


def targets(measured):
    cells, _ = measured
    lines = []
    for pair in _pairs():
        place = ", disk" if pair is ON_DISK else ""
        left = _left(cells, pair, "copybay")
        cpu = report.ratio(*(cells.daemon_cpu(row, "copybay") for row in (pair.before, pair.after)))
        lines.append(
            (f"after / before: {pair.title}{place}", *report.verdict(left, pair.least), cpu)
        )
    return lines
