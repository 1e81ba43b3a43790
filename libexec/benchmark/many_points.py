"""A volume with a thousand points beside one with a single point, and what points take."""

import contextlib
import os
import random
from dataclasses import dataclass
from pathlib import Path

import clones
import fio
import host
import report
from cells import Cells
from host import GIB
from systems import Bay

FILE_BYTES = GIB
BLOCKS = FILE_BYTES // 4096
SPACE_BYTES = 5 * FILE_BYTES  # and as much as a file for each round, which a point keeps
POINTS = 1000
TOUCHES = 64  # blocks that are written after each point
LEAST_WRITES, LEAST_READS = 0.95, 0.5

_WRITE = ("--rw=randwrite", "--bs=4k", "--direct=1")
_READ = ("--rw=randread", "--bs=4k", "--direct=1", "--norandommap")
_DEEP = ("--ioengine=libaio", "--iodepth=32")
WRITES = (
    fio.Row(
        "write-1",
        "4 KiB random write, depth 1",
        (*_WRITE, "--ioengine=psync", "--size=256M"),
        one_pass=True,
    ),
    fio.Row(
        "write-32",
        "4 KiB random write, depth 32",
        (*_WRITE, *_DEEP, "--offset=256M", "--size=512M"),
        one_pass=True,
    ),
    fio.Row(
        "write-1M",
        "1 MiB sequential write",
        ("--rw=write", "--bs=1M", "--direct=1", "--offset=768M", "--size=256M"),
        unit="MB/s",
        one_pass=True,
    ),
)
READS = (
    fio.Row("read-1", "4 KiB random read, depth 1", (*_READ, "--ioengine=psync")),
    fio.Row("read-32", "4 KiB random read, depth 32", (*_READ, *_DEEP)),
)


@dataclass(frozen=True)
class File:
    """What fio.measure takes."""

    name: str
    file: Path
    pid: int
    file_bytes: int = FILE_BYTES
    takes_direct: bool = True


@dataclass(frozen=True)
class Footprint:
    """What a bay takes beside homes and spills."""

    heap: int
    resident: int
    disk: int


def measure(arguments, directory):
    """Returns the cells, and the footprints by the moment they were taken at."""
    names = ("one", "many", "live", "oldest")
    cells = Cells((*WRITES, *READS), names)
    footprints = {}
    with contextlib.ExitStack() as stack:
        space = SPACE_BYTES + arguments.rounds * FILE_BYTES
        backing = stack.enter_context(host.tmpfs(directory / "backing", space))
        bay = stack.enter_context(Bay(backing / "bay", directory / "mnt"))
        for name in ("one", "many"):
            host.say(f"filling {name}")
            fio.fill(File(name, clones.add_volume(bay, name, FILE_BYTES), bay.pid))
        footprints["no point"] = _footprint(bay)
        bay.control("\n".join(f"freeze volumes=many name=empty{i}" for i in range(POINTS)))
        footprints["empty"] = _footprint(bay)
        bay.control("\n".join(f"drop point=empty{i}" for i in range(POINTS)))
        clones.settle(bay, "many")
        _make_points(bay, arguments.seed)
        footprints["touched"] = _footprint(bay)
        for number in range(arguments.rounds + 1):
            _round(bay, number, arguments.seconds, cells)
    return cells, footprints


def _make_points(bay, seed):
    """Each point keeps some blocks that the next one does not share with it."""
    host.say(f"making {POINTS} points")
    blocks = random.Random(seed)
    block = os.urandom(4096)
    with bay.volume("many").open("r+b", 0) as volume:
        for i in range(POINTS):
            bay.control(f"freeze volumes=many name=p{i}")
            for _ in range(TOUCHES):
                os.pwrite(volume.fileno(), block, blocks.randrange(BLOCKS) * 4096)


def _round(bay, number, seconds, cells):
    host.say(f"round {number}" + ("" if number else ", uncounted"))
    for name in ("one", "many"):
        bay.control(f"freeze volumes={name} name={name}-{number}")
    if number:
        bay.control(f"drop point=one-{number - 1}")
        _await_home(bay)
    turn = ("one", "many") if number % 2 else ("many", "one")
    for row in WRITES:
        for name in turn:
            _cell(cells, row, File(name, bay.volume(name), bay.pid), seconds, number)
    oldest = bay.mount_point / "points" / "p0" / "many"
    both = [File("live", bay.volume("many"), bay.pid), File("oldest", oldest, bay.pid)]
    for row in READS:
        for file in both if number % 2 else reversed(both):
            _cell(cells, row, file, seconds, number)


def _await_home(bay):
    """Waits until the upkeep that the drop asked for has ended: all of `one` is at home."""
    host.wait_until(
        lambda: bay.status("one")["away_bytes"] == "0", clones.SETTLE_SECONDS, "settling of one"
    )


def _cell(cells, row, file, seconds, number):
    measurement = fio.measure(file, row, seconds)
    if number:
        cells.add(row, file.name, measurement)


def _footprint(bay):
    homes = [Path(bay.status(name)["path"]) for name in ("one", "many")]
    user = {home for home in homes} | {home.parent / "spill" for home in homes}
    files = [path for path in bay.path.rglob("*") if path.is_file() and path not in user]
    return Footprint(
        heap=host.live_heap_bytes(bay.pid),
        resident=int(host.resident_mib(bay.pid, "VmRSS") * fio.MIB),
        disk=sum(path.stat().st_blocks * 512 for path in files),
    )


def write(result, arguments, measured):
    cells, footprints = measured
    result.heading(f"{POINTS} points")
    result.text(
        f"Two volumes of {FILE_BYTES // GIB} GiB on tmpfs in one bay, one with a single point,"
        f" one with {POINTS}, after each of which {TOUCHES} blocks were written at random. Each"
        f" round begins with a new point of both; medians of {arguments.rounds} rounds."
    )
    lines = [_line(cells, row, "one", "many") for row in WRITES]
    result.table(("row", "unit", "one", "many", "CPU one", "CPU many", "ratio", "spread"), lines, 2)
    lines = [_line(cells, row, "live", "oldest") for row in READS]
    header = ("row", "unit", "live", "oldest", "CPU live", "CPU oldest", "ratio", "spread")
    result.table(header, lines, left=2)
    result.text("What the bay takes beside homes and spills, in MiB:")
    lines = [
        (when, *(report.number(value / fio.MIB) for value in (one.heap, one.resident, one.disk)))
        for when, one in footprints.items()
    ]
    result.table(("with", "heap", "resident", "disk"), lines)
    empty, touched, none = (footprints[when] for when in ("empty", "touched", "no point"))
    result.text(
        f"For each point without changes {(empty.heap - none.heap) / POINTS:.0f} bytes of heap"
        f" and {(empty.disk - none.disk) / POINTS:.0f} on disk; with {TOUCHES} changed blocks"
        f" {(touched.heap - none.heap) / POINTS:.0f} and"
        f" {(touched.disk - none.disk) / POINTS:.0f}."
    )


def _line(cells, row, base, other):
    rates = [cells.throughput(row, name) for name in (base, other)]
    cpu = [cells.daemon_cpu(row, name) for name in (base, other)]
    numbers = [report.number(value) for value in rates + cpu]
    spread = report.two_decimals(cells.spread(row, other))
    return (row.title, row.unit, *numbers, report.two_decimals(report.ratio(*rates[::-1])), spread)


def targets(measured):
    cells, _ = measured
    lines = []
    for rows, base, other, least in (
        (WRITES, "one", "many", LEAST_WRITES),
        (READS, "live", "oldest", LEAST_READS),
    ):
        for row in rows:
            left = report.ratio(cells.throughput(row, other), cells.throughput(row, base))
            cpu = report.ratio(cells.daemon_cpu(row, base), cells.daemon_cpu(row, other))
            lines.append((f"{other} / {base}: {row.title}", *report.verdict(left, least), cpu))
    return lines
