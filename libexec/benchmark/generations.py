"""One, a hundred and a thousand held generations: of a session, and of what else keeps them."""

import contextlib
import fcntl
import os
import random
import struct
import time
from dataclasses import dataclass

import clones
import fio
import host
import report
import vaults
from cells import Cells
from host import GIB, BenchError
from systems import Bay, sparse

LEVELS = (1, 100, 1000)
QUICK_LEVELS = (1, 100)
FILE_BYTES = GIB // 4
ROOM_BYTES = 7 * GIB
TOUCHES = 8  # blocks that are written after each
SNAP_CREATE_V2 = 0x50009417  # BTRFS_IOC_SNAP_CREATE_V2; it commits, so the snapshot is durable
SNAP_READ_ONLY = 2  # BTRFS_SUBVOL_RDONLY
LAST = 20  # of which the time of making one is the median


class Roomy:
    """With space for what the rounds of all levels write anew."""

    def _room(self):
        return ROOM_BYTES


class Session(Roomy, clones.Clonable):
    """A volume in a safeguarded session."""

    name = "copybay"

    def _start(self, stack, backing):
        bay = stack.enter_context(Bay(backing / "bay", self.directory / "mnt"))
        self.pid = bay.pid
        self._session = vaults.Session(bay, "BENCH", ["bench"], self.file_bytes)
        self._control = stack.enter_context(bay.control_file())
        self.file = self._session.files[0]

    def take_point(self, name):
        self._session.backup(self._control)


class Xfs(Roomy, clones.Xfs):
    """Reflink copies of a file."""


class Btrfs(Roomy, clones.Btrfs):
    """Snapshots, which only reading gets at, of a subvolume with the file."""

    def _start(self, stack, backing):
        super()._start(stack, backing)
        self.file.unlink()
        self._live = self.file.parent / "live"
        host.run(["btrfs", "subvolume", "create", self._live], 60)
        self.file = sparse(self._live / "volume", self.file_bytes)

    def take_point(self, name):
        with _directory(self._live) as live, _directory(self._live.parent) as parent:
            # struct btrfs_ioctl_vol_args_v2: fd, transid, flags, four unused words, name
            arguments = struct.pack("qQQ4Q4040s", live, 0, SNAP_READ_ONLY, 0, 0, 0, 0, name.encode())
            fcntl.ioctl(parent, SNAP_CREATE_V2, bytearray(arguments))  # of bytes it takes 1024


@contextlib.contextmanager
def _directory(path):
    """A descriptor of a directory, for as long as the context lasts."""
    descriptor = os.open(path, os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


class Qcow2(Roomy, clones.Qcow2):
    """Internal snapshots."""


SYSTEMS = (Session, Xfs, Btrfs, Qcow2)


@dataclass
class Measured:
    levels: tuple
    names: list  # of the systems that are here
    missing: list  # and why others are not
    cells: Cells
    made: dict  # seconds of each backup, by level and system


def _row(level):
    options = ("--rw=randwrite", "--bs=4k", "--direct=1", "--ioengine=psync", "--size=64M")
    title = f"4 KiB random first touch, {level} held"
    return fio.Row(f"write-{level}", title, options, one_pass=True)


def measure(arguments, directory):
    levels = QUICK_LEVELS if arguments.quick else LEVELS
    rows = [_row(level) for level in levels]
    with contextlib.ExitStack() as stack:
        systems, missing = [], []
        for kind in SYSTEMS:
            host.say(f"starting and filling {kind.name}")
            try:
                systems.append(stack.enter_context(kind(directory, FILE_BYTES)))
            except (BenchError, OSError) as error:
                missing.append(f"{kind.name}: {str(error).splitlines()[0]}")
                continue
            fio.fill(systems[-1])
        names = [system.name for system in systems]
        measured = Measured(levels, names, missing, Cells(rows, names), {})
        held = 0
        for level, row in zip(levels, rows):
            for system in systems:
                host.say(f"{system.name}: {level} held")
                took = _make(system, held, level, arguments.seed)
                measured.made[level, system.name] = took[-LAST:]
            held = level
            for number in range(arguments.rounds + 1):
                turn = number % len(systems)
                for system in systems[turn:] + systems[:turn]:
                    system.take_point(f"round-{level}-{number}")
                    measurement = fio.measure(system, row, arguments.seconds)
                    if number:
                        measured.cells.add(row, system.name, measurement)
    return measured


def _make(system, held, level, seed):
    """Makes as many as are missing; returns the seconds that each took."""
    blocks = random.Random(seed + held)
    block = os.urandom(4096)
    took = []
    with system.file.open("r+b", 0) as file:
        for number in range(held, level):
            for _ in range(TOUCHES):
                os.pwrite(file.fileno(), block, blocks.randrange(FILE_BYTES // 4096) * 4096)
            os.fsync(file.fileno())
            started = time.perf_counter()
            system.take_point(f"held-{number}")
            took.append(time.perf_counter() - started)
    return took


def write(result, arguments, measured):
    result.heading("Held generations")
    result.text(
        f"A file of {FILE_BYTES >> 20} MiB, each system on a tmpfs of its own, in turn round by"
        f" round; {TOUCHES} blocks are written and synced before each generation. *copybay*: backups"
        " of a safeguarded session; *xfs*: reflink copies with an fsync, *btrfs*: durable snapshots"
        " of a subvolume, both in loop devices; *qcow2*: internal snapshots. Each round writes 64 MiB"
        " behind a new generation; medians of"
        f" {arguments.rounds} rounds, in kIOPS. *making*: ms, the median of the last {LAST}."
    )
    if measured.missing:
        result.text("Left out: " + "; ".join(measured.missing) + ".")
    names = measured.names
    header = ("held", *(f"making, {name}" for name in names), *names, "spread of copybay")
    result.table(header, [_line(measured, level) for level in measured.levels])


def _line(measured, level):
    row = _row(level)
    names = measured.names
    making = [report.median(measured.made[level, name]) * 1000 for name in names]
    rates = [measured.cells.throughput(row, name) for name in names]
    spread = report.two_decimals(measured.cells.spread(row, Session.name))
    return (level, *map(report.number, making + rates), spread)


def targets(_measured):
    return []
