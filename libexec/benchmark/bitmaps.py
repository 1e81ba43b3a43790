"""Writes to a volume that has write bitmaps beside the same writes without them."""

import os
import time
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
GRAINS = ("127", "track", "127")
LEAST_WARM, LEAST_COLD = 0.95, 0.7
STATES = ("off", "cold", "warm")
SYNCS = 20
BLOCK = os.urandom(4096)

_RANDOM = ("--rw=randwrite", "--bs=4k", "--direct=1", "--norandommap")
ROWS = (
    fio.Row(
        "random-32",
        "4 KiB random write, depth 32",
        (*_RANDOM, "--ioengine=libaio", "--iodepth=32"),
    ),
    fio.Row(
        "sequential",
        "1 MiB sequential write",
        ("--rw=write", "--bs=1M", "--direct=1", "--ioengine=psync"),
        unit="MB/s",
        one_pass=True,
    ),
)


@dataclass(frozen=True)
class Place:
    name: str
    cells: Cells
    fdatasync: float  # milliseconds


@dataclass(frozen=True)
class State:
    """What fio.measure takes: the volume, named by what its bitmaps are."""

    name: str
    file: Path
    pid: int
    file_bytes: int = FILE_BYTES
    takes_direct: bool = True


def measure(arguments, directory):
    """Returns what was measured on tmpfs and on the disk."""
    with host.tmpfs(directory / "memory", FILE_BYTES + GIB // 2) as backing:
        places = [_measure(arguments, "tmpfs", backing, directory / "mnt-memory")]
    with host.work_directory(arguments.disk) as backing:
        name = f"disk, {host.file_system_type(arguments.disk)}"
        places.append(_measure(arguments, name, backing, directory / "mnt-disk"))
    return places


def _measure(arguments, name, backing, mount_point):
    host.say(f"bitmaps, {name}: filling")
    cells = Cells(ROWS, STATES)
    with Bay(backing / "bay", mount_point) as bay:
        volume = clones.add_volume(bay, "bench", FILE_BYTES)
        files = [State(state, volume, bay.pid) for state in STATES]
        fio.fill(files[0])
        for number in range(arguments.rounds + 1):
            host.say(f"bitmaps, {name}: round {number}" + ("" if number else ", uncounted"))
            for row in ROWS:
                _round(bay, row, files, arguments.seconds, cells if number else None)
    return Place(name, cells, _fdatasync_millis(backing / "plain"))


def _round(bay, row, files, seconds, cells):
    """Without bitmaps, just after they were started, and once more."""
    ids = [f"b{i}" for i in range(len(GRAINS))]
    for file in files:
        if file.name == "cold":
            for i, grain in zip(ids, GRAINS):
                bay.control(f"bitmap start volume=bench bitmap={i} grain={grain}")
        measurement = fio.measure(file, row, seconds)
        if cells is not None:
            cells.add(row, file.name, measurement)
    for i in ids:
        bay.control(f"bitmap delete volume=bench bitmap={i}")


def _fdatasync_millis(path):
    millis = []
    with path.open("wb", 0) as file:
        for _ in range(SYNCS):
            os.pwrite(file.fileno(), BLOCK, 0)
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            millis.append((time.perf_counter() - started) * 1000)
    return report.median(millis)


def write(result, arguments, places):
    result.heading("Write bitmaps")
    result.text(
        f"A volume of {FILE_BYTES // GIB} GiB without write bitmaps, then with {len(GRAINS)}"
        f" (grains {', '.join(GRAINS)}): *cold* just after they were started, where each zone that"
        f" is entered waits for a sync, then *warm*. Medians of {arguments.rounds} rounds; an"
        " fdatasync took "
        + " and ".join(f"{report.number(one.fdatasync)} ms on {one.name}" for one in places)
        + "."
    )
    header = ("place", "row", "unit", *STATES, *(f"CPU {state}" for state in STATES))
    lines = [_line(one, row) for one in places for row in ROWS]
    result.table((*header, "cold / off", "warm / off"), lines, left=3)


def _line(place, row):
    rates = [place.cells.throughput(row, state) for state in STATES]
    cpu = [place.cells.daemon_cpu(row, state) for state in STATES]
    ratios = [report.two_decimals(report.ratio(rate, rates[0])) for rate in rates[1:]]
    return (place.name, row.title, row.unit, *map(report.number, rates + cpu), *ratios)


def targets(places):
    lines = []
    for place, state, least in ((places[0], "warm", LEAST_WARM), (places[1], "cold", LEAST_COLD)):
        for row in ROWS:
            cells = place.cells
            left = report.ratio(cells.throughput(row, state), cells.throughput(row, "off"))
            cpu = report.ratio(cells.daemon_cpu(row, "off"), cells.daemon_cpu(row, state))
            what = f"{len(GRAINS)} bitmaps, {state} / off: {row.title}, {place.name}"
            lines.append((what, *report.verdict(left, least), cpu))
    return lines
