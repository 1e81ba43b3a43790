"""A minicopy beside a copy of the same extents, a full copy, and an incremental backup of qemu."""

import contextlib
import os
import time
from dataclasses import dataclass

import copies
import host
import incremental
import report
import sets
from host import GIB, BenchError
from sets import Mirror
from systems import Bay, sparse

MIB = 1 << 20
SHARE = 0.01
MOST_TIME, MOST_OF_FULL = 1.3, 5  # of a dd; percent of a full copy
DD_TIMEOUT = 600
MINICOPY, DD, QEMU = "minicopy", "dd", "qemu"


@dataclass(frozen=True)
class Pattern:
    name: str
    title: str
    choose: object
    most_moved: float  # of what was changed


PATTERNS = (
    Pattern("blocks", "blocks of 4 KiB", sets.blocks, 1.1),
    Pattern("regions", "regions of 65,024 bytes", sets.regions, 1.02),
)
FULL = Pattern("full", "all of it, full copy", None, 1.02)


@dataclass
class Measured:
    size: int
    runs: copies.Runs
    place: str
    no_qemu: str = ""  # why there is no peer
    real_dd: float = 0.0  # milliseconds for each process


def measure(arguments, directory):
    size = GIB // 2 if arguments.quick else 4 * GIB
    missing = incremental.missing()
    host.require_space(arguments.disk, 5 * size + GIB)
    measured = Measured(size, copies.Runs(), host.file_system_type(arguments.disk))
    if missing:
        measured.no_qemu = f"not installed: {', '.join(missing)}"
    with contextlib.ExitStack() as stack:
        backing = stack.enter_context(host.work_directory(arguments.disk))
        bay = stack.enter_context(Bay(backing / "bay", directory / "mnt"))
        host.say(f"minicopy: filling files of {size / GIB:g} GiB")
        bench = Bench(bay, backing, size)
        if not missing:
            bench.backup = stack.enter_context(incremental.Backup(backing, size))
        for number in range(arguments.rounds + 1):
            host.say(f"minicopy: round {number}" + ("" if number else ", uncounted"))
            bench.round(number, measured.runs if number else None)
        host.say("minicopy: a process of dd for each block")
        measured.real_dd = bench.real_dd()
    return measured


class Bench:
    """The set, a plain file that dd copies to, and the peer; all on the same file system."""

    def __init__(self, bay, directory, size):
        self.bay = bay
        self.size = size
        self.mirror = Mirror(bay, size)
        host.write_random(self.mirror.unit, size)
        self.plain = sparse(directory / "plain", size)
        host.write_random(self.plain, size)
        self.backup = None

    def _settle(self):
        files = [*self.mirror.homes, self.plain]
        sets.settle(files + (self.backup.files if self.backup else []))

    def round(self, number, runs):
        """The systems in turn; who goes first changes each round."""
        for pattern in PATTERNS:
            extents = pattern.choose(self.size, SHARE)
            self.mirror.split()
            sets.write_random(self.mirror.unit, extents)
            if self.backup:
                self.backup.write(extents)
            steps = [(MINICOPY, self._minicopy), (DD, self._dd)]
            if self.backup:
                steps.append((QEMU, self._qemu))
            turn = number % len(steps)
            for name, step in steps[turn:] + steps[:turn]:
                self._settle()
                run = step(pattern, extents, number)
                if runs:
                    runs.add(pattern, name, run)
            self.mirror.compare()
            if self.backup:
                self.backup.compare()
        self.mirror.split()
        self._settle()
        run = self._set_copy(f"full-{number}", "nominicopy", self.size)
        if runs:
            runs.add(FULL, MINICOPY, run)

    def _minicopy(self, pattern, extents, number):
        return self._set_copy(f"{pattern.name}-{number}", "minicopy", _bytes(extents))

    def _set_copy(self, job_name, policy, changed):
        def copy():
            started = time.monotonic()
            self.mirror.begin(job_name, policy)
            copied = self.mirror.wait(job_name)
            return copied, time.monotonic() - started

        return copies.run(self.bay.pid, changed, copy)

    def _dd(self, _pattern, extents, _number):
        def copy():
            started = time.monotonic()
            _copy(self.mirror.homes[0], self.plain, sets.in_order(extents))
            return _bytes(extents), time.monotonic() - started

        return copies.run(os.getpid(), _bytes(extents), copy)

    def _qemu(self, _pattern, extents, _number):
        return copies.run(self.backup.pid, _bytes(extents), self.backup.run)

    def real_dd(self):
        """Milliseconds of each process of dd, where each copies one extent: most is its start."""
        extents = sets.in_order(PATTERNS[0].choose(self.size, SHARE))
        self._settle()
        orders = self.plain.with_name("extents")
        words = [
            f"skip={offset // sets.BLOCK_BYTES} seek={offset // sets.BLOCK_BYTES}"
            f" count={length // sets.BLOCK_BYTES}"
            for offset, length in extents
        ]
        orders.write_text("\n".join(words) + "\n")
        files = (f"if={self.mirror.homes[0]}", f"of={self.plain}")
        dd = ("dd", *files, f"bs={sets.BLOCK_BYTES}", "conv=notrunc", "status=none")
        started = time.monotonic()
        host.run(["xargs", "-L", "1", "-a", orders, *dd], DD_TIMEOUT)
        return (time.monotonic() - started) * 1000 / len(extents)


def _copy(source, target, extents):
    """What dd does for each extent, in one process, and one fdatasync at the end."""
    with sets.open_file(source, os.O_RDONLY) as from_file:
        with sets.open_file(target, os.O_WRONLY) as to_file:
            for offset, length in extents:
                if os.pwrite(to_file, os.pread(from_file, length, offset), offset) != length:
                    raise BenchError(f"short copy at {offset}")
            os.fdatasync(to_file)


def _bytes(extents):
    return sum(length for _, length in extents)


# ---- report


def write(result, arguments, measured):
    runs, size = measured.runs, measured.size
    result.heading("Minicopy")
    peer = (
        f"*qemu* is `blockdev-backup sync=bitmap` of qemu-storage-daemon between two raw files,"
        f" dirty bitmap of {incremental.GRANULARITY} bytes, the same places written through its"
        " NBD export; then an fdatasync of the target."
        if not measured.no_qemu
        else f"Without qemu-storage-daemon: {measured.no_qemu}."
    )
    result.text(
        f"A set of two members of {size / GIB:g} GiB on {measured.place}; one is split off,"
        f" {SHARE:.0%} of the set is written, and the member comes back. *dd* stands for dd: one"
        " process reads and writes extent after extent, from the home of the other member to a"
        f" plain file, and ends with one fdatasync. {peer} Before each, all is synced and the files"
        f" are not cached. Medians of {arguments.rounds} rounds, the systems in turn; the members"
        " were compared after each minicopy. *moved* is what the system says it copied, *written*,"
        " *to disk* and *read* are wchar, write_bytes and rchar of its process; all over what was"
        " changed. *full / it* is the time of a full copy over its own."
    )
    header = ("changed", "system", "MiB", "moved", "written", "to disk", "read", "s", "CPU s")
    header += ("µs CPU / 4 KiB", "spread", "full / it")
    lines = [
        _line(measured, pattern, system)
        for pattern in PATTERNS
        for system in (MINICOPY, DD, QEMU)
        if runs.of(pattern, system)
    ]
    result.table(header, [*lines, _line(measured, FULL, MINICOPY)], left=2)
    result.text(
        f"Real dd, a process for each extent of the first row: {measured.real_dd:.2f} ms for each"
        " of them, which is the start of a process; it is not compared."
    )


def _changed(measured, pattern):
    return measured.size if pattern is FULL else _bytes(pattern.choose(measured.size, SHARE))


def _line(measured, pattern, system):
    runs = measured.runs
    changed = _changed(measured, pattern)
    seconds = [run.seconds for run in runs.of(pattern, system)]
    middle, cpu = report.median(seconds), runs.median(pattern, system, "cpu")
    full = report.median(runs.ratios((FULL, MINICOPY), (pattern, system)))
    return (
        pattern.title,
        "set" if pattern is FULL else system,
        report.number(changed / MIB),
        *(
            report.two_decimals(runs.median(pattern, system, field))
            for field in ("moved", "written", "disk", "read")
        ),
        report.number(middle),
        report.number(cpu),
        report.number(cpu * 1e6 / (changed / sets.BLOCK_BYTES)),
        report.two_decimals(report.ratio(max(seconds) - min(seconds), middle)),
        report.number(full),
    )


def targets(measured):
    runs, lines = measured.runs, []
    for pattern in PATTERNS:
        moved = runs.median(pattern, MINICOPY, "moved")
        verdict = report.verdict(moved, at_most=pattern.most_moved)
        lines.append((f"bytes moved / changed: {pattern.title}", *verdict, None))
    for pattern in PATTERNS:
        this = (pattern, MINICOPY)
        for what, other, factor, most in (
            ("minicopy / dd", (pattern, DD), 1, MOST_TIME),
            ("minicopy, percent of a full copy", (FULL, MINICOPY), 100, MOST_OF_FULL),
        ):
            ratio, cpu = (
                report.median([factor * value for value in runs.ratios(this, other, field)])
                for field in ("seconds", "cpu")
            )
            verdict = report.verdict(ratio, at_most=most)
            lines.append((f"time, {what}: {pattern.title}", *verdict, cpu))
    return lines
