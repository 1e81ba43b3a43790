"""What full and differential copies move and take, beside cp and backups of qemu."""

import contextlib
import time
from dataclasses import dataclass

import copies
import host
import incremental
import report
import sets
from host import GIB
from sessions import Pair
from systems import Bay, sparse

MIB = 1 << 20
SHARE = 0.01
MOST_MOVED = 1.1
SESSION, CP, QEMU = "session", "cp", "qemu"


@dataclass(frozen=True)
class Kind:
    name: str
    title: str


FULL = Kind("full", "all of it")
DIFF = Kind("diff", f"{SHARE:.0%}, blocks of 4 KiB")


@dataclass
class Measured:
    size: int
    runs: copies.Runs
    place: str
    no_qemu: str = ""  # why there is no peer


def measure(arguments, directory):
    size = GIB // 2 if arguments.quick else 4 * GIB
    missing = incremental.missing()
    host.require_space(arguments.disk, 6 * size + GIB)
    measured = Measured(size, copies.Runs(), host.file_system_type(arguments.disk))
    if missing:
        measured.no_qemu = f"not installed: {', '.join(missing)}"
    with contextlib.ExitStack() as stack:
        backing = stack.enter_context(host.work_directory(arguments.disk))
        bay = stack.enter_context(Bay(backing / "bay", directory / "mnt"))
        host.say(f"copy: filling files of {size / GIB:g} GiB")
        bench = Bench(Pair(bay, size), backing)
        if not missing:
            bench.backup = stack.enter_context(incremental.Backup(backing, size))
        for number in range(arguments.rounds + 1):
            host.say(f"copy: round {number}" + ("" if number else ", uncounted"))
            bench.round(number, measured.runs if number else None)
    return measured


class Bench:
    """The pair, a plain file that cp copies to, and the peer; all on the same file system."""

    def __init__(self, pair, directory):
        self.pair = pair
        self.backup = None
        self._plain = sparse(directory / "plain", pair.size)
        for path in (pair.source, pair.target, self._plain):
            host.write_random(path, pair.size)

    def round(self, number, runs):
        """The systems in turn; who goes first changes each round."""
        extents = sets.blocks(self.pair.size, SHARE)
        changed = sum(length for _, length in extents)
        full = {
            SESSION: lambda: self._session(f"full-{number}", "", self.pair.size),
            CP: self._cp,
            QEMU: lambda: self._qemu(self.pair.size, True),
        }
        diff = {
            SESSION: lambda: self._session(f"diff-{number}", "mode=diff", changed),
            QEMU: lambda: self._qemu(changed, False),
        }
        self._turns(FULL, full, number, runs)
        sets.write_random(self.pair.source, extents)
        if self.backup:
            self.backup.write(extents)
        self._turns(DIFF, diff, number, runs)
        host.run(["cmp", self.pair.source, self.pair.target], sets.COPY_TIMEOUT)
        if self.backup:
            self.backup.compare()
        self.pair.cancel()
        self.pair.settle()

    def _turns(self, kind, steps, number, runs):
        names = [name for name in steps if name != QEMU or self.backup]
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            self._settle()
            run = steps[name]()
            if runs:
                runs.add(kind, name, run)

    def _settle(self):
        files = [*self.pair.homes, self._plain]
        sets.settle(files + (self.backup.files if self.backup else []))

    def _session(self, job_name, words, changed):
        def copy():
            started = time.monotonic()
            self.pair.start(f"{words} id={job_name}")
            copied = self.pair.copied(job_name)
            return copied, time.monotonic() - started

        return copies.run(self.pair.bay.pid, changed, copy)

    def _cp(self):
        """Over the file that is there, as the session copies over its target."""
        cpu = host.children_cpu_seconds()
        started = time.monotonic()
        host.run(["cp", "--reflink=never", self.pair.homes[0], self._plain], sets.COPY_TIMEOUT)
        host.run(["sync", self._plain], sets.COPY_TIMEOUT)
        seconds = time.monotonic() - started
        return copies.Run(seconds, host.children_cpu_seconds() - cpu, 1.0, None, None, None)

    def _qemu(self, changed, full):
        return copies.run(self.backup.pid, changed, lambda: self.backup.run(full))


# ---- report


def write(result, arguments, measured):
    runs, size = measured.runs, measured.size
    result.heading("Copy")
    peer = (
        "*qemu* is `blockdev-backup` of qemu-storage-daemon between two raw files, `sync=full`,"
        f" then `sync=bitmap` with a dirty bitmap of {incremental.GRANULARITY} bytes, the same"
        " places written through its NBD export; then an fdatasync of the target."
        if not measured.no_qemu
        else f"Without qemu-storage-daemon: {measured.no_qemu}."
    )
    result.text(
        f"A source and a target of {size / GIB:g} GiB on {measured.place}, full of data: a full"
        f" start, from the command until its job has ended and all is synced; {SHARE:.0%} of the"
        " source is written, and a differential start. *cp* copies the home of the source over a"
        f" plain file of that size, then syncs it. {peer} Before each, all is synced and the files"
        f" are not cached. Medians of {arguments.rounds} rounds, the systems in turn; source and"
        " target were compared after each. *moved* is what the system says it copied, *written*,"
        " *to disk* and *read* are wchar, write_bytes and rchar of its process; all over what was"
        " to be copied."
    )
    header = ("to copy", "system", "MiB", "moved", "written", "to disk", "read", "s", "CPU s")
    header += ("µs CPU / 4 KiB", "spread", "session / it")
    lines = [
        _line(measured, kind, system)
        for kind in (FULL, DIFF)
        for system in (SESSION, CP, QEMU)
        if runs.of(kind, system)
    ]
    result.table(header, lines, left=2)


def _line(measured, kind, system):
    runs = measured.runs
    changed = measured.size
    if kind is DIFF:
        changed = sum(length for _, length in sets.blocks(measured.size, SHARE))
    seconds = [run.seconds for run in runs.of(kind, system)]
    middle, cpu = report.median(seconds), runs.median(kind, system, "cpu")
    counts = ("moved", "written", "disk", "read") if system != CP else ("moved",)
    moved = [report.two_decimals(runs.median(kind, system, field)) for field in counts]
    return (
        kind.title,
        system,
        report.number(changed / MIB),
        *(moved + ["-"] * (4 - len(moved))),
        report.number(middle),
        report.number(cpu),
        report.number(cpu * 1e6 / (changed / sets.BLOCK_BYTES)),
        report.two_decimals(report.ratio(max(seconds) - min(seconds), middle)),
        report.two_decimals(report.median(runs.ratios((kind, SESSION), (kind, system)))),
    )


def targets(measured):
    moved = measured.runs.median(DIFF, SESSION, "moved")
    verdict = report.verdict(moved, at_most=MOST_MOVED)
    return [(f"bytes moved / changed: {DIFF.title}", *verdict, None)]
