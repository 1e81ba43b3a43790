"""The reads and writes of a set of two members beside those of one volume."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import clones
import fio
import host
import report
import sets
from cells import Cells
from host import GIB
from systems import Bay, sparse

LEAST_WRITE, LEAST_READ = 0.6, 1.0
VOLUME, SET, APART = "volume", "set", "set apart"

_RANDOM = ("--rw=randwrite", "--bs=4k", "--direct=1", "--norandommap")
WRITE_1 = fio.Row("write-1", "4 KiB random write, depth 1", (*_RANDOM, "--ioengine=psync"))
WRITE_32 = fio.Row(
    "write-32", "4 KiB random write, depth 32", (*_RANDOM, "--ioengine=libaio", "--iodepth=32")
)
READ = fio.Row(
    "read",
    "1 MiB sequential read",
    ("--rw=read", "--bs=1M", "--direct=1", "--ioengine=psync"),
    unit="MB/s",
)
ROWS = {WRITE_1: LEAST_WRITE, WRITE_32: LEAST_WRITE, READ: LEAST_READ}


@dataclass(frozen=True)
class System:
    """What fio.measure takes."""

    name: str
    file: Path
    pid: int
    file_bytes: int
    takes_direct: bool = True


@dataclass(frozen=True)
class Place:
    name: str
    systems: tuple
    cells: Cells


def file_bytes(arguments):
    return GIB // 4 if arguments.quick else GIB // 2


def measure(arguments, directory):
    """Returns what was measured on tmpfs and on the disk."""
    size = file_bytes(arguments)
    with host.tmpfs(directory / "memory", 4 * size) as backing:
        places = [_measure(arguments, "tmpfs", backing, directory / "memory-mnt")]
    host.require_space(arguments.disk, 7 * size)
    with contextlib.ExitStack() as stack:
        backing = stack.enter_context(host.work_directory(arguments.disk))
        apart = stack.enter_context(_ext4(backing, directory / "ext4", 2 * size))
        name = f"disk, {host.file_system_type(arguments.disk)}"
        places.append(_measure(arguments, name, backing, directory / "disk-mnt", apart))
    return places


@contextlib.contextmanager
def _ext4(directory, mount_point, size):
    """A file system of its own in a loop device, with a directory for a member."""
    with clones.loop(sparse(directory / "ext4", size)) as device:
        host.run(["mkfs.ext4", "-q", device], 60)
        mount_point.mkdir()
        host.run(["mount", device, mount_point], 60)
        try:
            member = mount_point / "member"
            member.mkdir()
            yield member
        finally:
            host.detach(mount_point)


def _measure(arguments, name, backing, mount_point, apart=None):
    size = file_bytes(arguments)
    with Bay(backing / "bay", mount_point) as bay:
        files = [(VOLUME, clones.add_volume(bay, "single", size))]
        files.append((SET, sets.Mirror(bay, size).unit))
        if apart:
            bay.control(f"create volume c size={size}")
            bay.control(f"create volume d size={size} path={apart}")
            bay.control("mount set=DSA2 members=c,d id=second")
            bay.wait("second", sets.COPY_TIMEOUT)
            files.append((APART, bay.unit("DSA2")))
        systems = [System(title, file, bay.pid, size) for title, file in files]
        cells = Cells(ROWS, [system.name for system in systems])
        for system in systems:
            fio.fill(system)
        for number in range(arguments.rounds + 1):
            host.say(f"members, {name}: round {number}" + ("" if number else ", uncounted"))
            turn = number % len(systems)
            for row in ROWS:
                for system in systems[turn:] + systems[:turn]:
                    sets.settle([])  # what one has left to write does not fall upon the next
                    measurement = fio.measure(system, row, arguments.seconds)
                    if number:
                        cells.add(row, system.name, measurement)
    return Place(name, tuple(system.name for system in systems), cells)


def write(result, arguments, places):
    result.heading("Two members")
    result.text(
        f"One volume of {file_bytes(arguments) // fio.MIB} MiB, a set of two in the same bay, and"
        " on the disk a set *apart*, whose second member lies on an ext4 of its own in a loop device"
        f" on that disk. Medians of {arguments.rounds} rounds of {arguments.seconds} s, the systems in"
        " turn; the homes stay in the kernel's page cache, and all is synced before each cell."
        " *CPU* is that of the daemon for each operation, in µs."
    )
    header = ("place", "row", "unit", VOLUME, SET, APART)
    header += tuple(f"CPU {name}" for name in (VOLUME, SET, APART))
    header += ("set / volume", "apart / volume", "spread")
    lines = [_line(place, row) for place in places for row in ROWS]
    result.table(header, lines, left=3)


def _line(place, row):
    names = (VOLUME, SET, APART)
    rates = [place.cells.throughput(row, name) for name in names]
    cpu = [place.cells.daemon_cpu(row, name) for name in names]
    ratios = [report.two_decimals(report.ratio(rate, rates[0])) for rate in rates[1:]]
    spread = report.two_decimals(place.cells.spread(row, SET))
    return (place.name, row.title, row.unit, *map(report.number, rates + cpu), *ratios, spread)


def targets(places):
    lines = []
    for place in places:
        for row, least in ROWS.items():
            cells = place.cells
            left = report.ratio(cells.throughput(row, SET), cells.throughput(row, VOLUME))
            cpu = report.ratio(cells.daemon_cpu(row, VOLUME), cells.daemon_cpu(row, SET))
            what = f"set / volume: {row.title}, {place.name}"
            lines.append((what, *report.verdict(left, at_least=least), cpu))
    return lines
