"""A volume with a backup of every hour of a year beside one with a single backup."""

import contextlib
import os
import random
import time
from dataclasses import dataclass

import fio
import host
import report
import vaults
from cells import Cells
from host import GIB
from many_points import File
from systems import Bay

BACKUPS = 8760
QUICK_BACKUPS = 1000
FILE_BYTES = GIB // 4
SPACE_BYTES = 8 * GIB
TOUCHES = 8  # blocks that are written after each backup
SEAL_SECONDS = 900
ONE, MANY = "one", "many"
LEAST_WRITES, MOST_SECONDS, MOST_MIB = 0.95, 1, 400

RANDOM = fio.Row(
    "random",
    "4 KiB random write",
    ("--rw=randwrite", "--bs=4k", "--direct=1", "--norandommap", "--ioengine=psync"),
)
SEQUENTIAL = fio.Row(
    "sequential",
    "1 MiB sequential write",
    ("--rw=write", "--bs=1M", "--direct=1", "--ioengine=psync"),
    unit="MB/s",
)
ROWS = (RANDOM, SEQUENTIAL)


@dataclass
class Measured:
    count: int
    cells: Cells
    times: dict  # seconds by what was done
    resident: dict  # MiB by when
    expired: int = 0
    freed: int = 0


def measure(arguments, directory):
    count = QUICK_BACKUPS if arguments.quick else BACKUPS
    measured = Measured(count, Cells(ROWS, (ONE, MANY)), {}, {})
    with host.tmpfs(directory / "backing", SPACE_BYTES) as backing:
        with Bay(backing / "bay", directory / "mnt") as bay:
            one, many = (vaults.Session(bay, name, [name], FILE_BYTES) for name in (ONE, MANY))
            for session in (one, many):
                host.write_random(session.files[0], FILE_BYTES)
            measured.resident["no backup"] = host.resident_mib(bay.pid, "VmRSS")
            with bay.control_file() as control:
                one.backup(control)
                _make(many, count, control, arguments.seed, measured)
                _await_sealed(many)
                measured.resident["all held"] = host.resident_mib(bay.pid, "VmRSS")
                _list(many, measured)
                for number in range(arguments.rounds + 1):
                    _round(bay, number, arguments.seconds, measured.cells)
            measured.resident["highest"] = host.resident_mib(bay.pid, "VmHWM")
            bay.unmount()
            measured.times["mount"] = bay.mount()
            with bay.control_file() as control:
                _expire(many, control, measured)
    return measured


def _make(session, count, control, seed, measured):
    host.say(f"making {count} backups")
    blocks = random.Random(seed)
    block = os.urandom(4096)
    took = []
    with session.files[0].open("r+b", 0) as volume:
        for _ in range(count):
            for _ in range(TOUCHES):
                at = blocks.randrange(FILE_BYTES // 4096) * 4096
                os.pwrite(volume.fileno(), block, at)
            took.append(_seconds(lambda: session.backup(control)))
    tenth = count // 10
    measured.times["backup, the first tenth"] = report.median(took[:tenth])
    measured.times["backup, the last tenth"] = report.median(took[-tenth:])
    measured.times["backup, the longest"] = max(took)


def _seconds(do):
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _await_sealed(session):
    """Until the daemon does nothing: it hashes backups by itself, which takes a processor."""
    host.say("waiting until all are sealed")
    before = -1.0
    deadline = time.monotonic() + SEAL_SECONDS
    while time.monotonic() < deadline:
        now = host.cpu_seconds(session.bay.pid)
        if now - before < 0.1:
            return
        before = now
        time.sleep(2)
    raise host.BenchError(f"backups are hashed for more than {SEAL_SECONDS} s")


def _list(session, measured):
    def millis(what, do):
        measured.times[what] = report.median([_seconds(do) for _ in range(5)])

    millis("cat backups", lambda: (session.directory / "backups").read_bytes())
    millis("cat status", lambda: (session.directory / "status").read_bytes())
    millis("ls backups/SESSION", lambda: os.listdir(session.shown))
    millis("ls -l backups/SESSION", lambda: [each.stat() for each in os.scandir(session.shown)])


def _round(bay, number, seconds, cells):
    host.say(f"held: round {number}" + ("" if number else ", uncounted"))
    turn = (ONE, MANY) if number % 2 else (MANY, ONE)
    for row in ROWS:
        for name in turn:
            file = File(name, bay.volume(name), bay.pid, FILE_BYTES)
            measurement = fio.measure(file, row, seconds)
            if number:
                cells.add(row, name, measurement)


def _expire(session, control, measured):
    """Half of them, the older ones; what is freed is known when it changes no more."""
    ids = session.ids()
    half = ids[: len(ids) // 2]
    before = session.used_bytes()
    took = _seconds(lambda: session.expire(half[-1], len(half), control))
    measured.times["Expire of half"] = took
    measured.expired = len(half)
    left = before
    with contextlib.suppress(host.BenchError):
        host.wait_until(lambda: session.used_bytes() < before, 30, "freed space")
    while left != (left := session.used_bytes()):
        time.sleep(2)
    measured.freed = before - left


def write(result, arguments, measured):
    result.heading(f"{measured.count} backups held")
    result.text(
        f"Two volumes of {FILE_BYTES >> 20} MiB on tmpfs in one bay, each of a session of its own:"
        f" one with a single backup, one with {measured.count}, after each of which {TOUCHES} blocks"
        f" were written at random; all are sealed. Medians of {arguments.rounds} rounds of"
        f" {arguments.seconds} s."
    )
    header = ("row", "unit", ONE, MANY, f"CPU {ONE}", f"CPU {MANY}", "ratio", "spread")
    result.table(header, [_line(measured.cells, row) for row in ROWS], left=2)
    lines = [(what, report.number(took * 1000)) for what, took in measured.times.items()]
    result.table(("with all held", "ms"), lines)
    lines = [(when, report.number(mib)) for when, mib in measured.resident.items()]
    result.table(("resident memory of the daemon", "MiB"), lines)
    result.text(
        f"The Expire removed {measured.expired} backups and freed"
        f" {measured.freed / fio.MIB:.1f} MiB beside the homes."
    )


def _line(cells, row):
    rates = [cells.throughput(row, name) for name in (ONE, MANY)]
    cpu = [cells.daemon_cpu(row, name) for name in (ONE, MANY)]
    numbers = map(report.number, rates + cpu)
    left = report.two_decimals(report.ratio(*rates[::-1]))
    return (row.title, row.unit, *numbers, left, report.two_decimals(cells.spread(row, MANY)))


def targets(measured):
    lines = []
    for row in ROWS:
        cells = measured.cells
        left = report.ratio(cells.throughput(row, MANY), cells.throughput(row, ONE))
        cpu = report.ratio(cells.daemon_cpu(row, ONE), cells.daemon_cpu(row, MANY))
        lines.append((f"many / one: {row.title}", *report.verdict(left, LEAST_WRITES), cpu))
    for what in ("cat backups", "ls backups/SESSION"):
        verdict = report.verdict(measured.times[what], at_most=MOST_SECONDS)
        lines.append((f"{what}, s", *verdict, None))
    verdict = report.verdict(measured.resident["highest"], at_most=MOST_MIB)
    return [*lines, ("resident memory, MiB", *verdict, None)]
