"""`bench duplicate`: the copying phase of a duplicate job beside `cp --sparse=always`, in turn."""

import contextlib
import os
import shutil
import time
from dataclasses import dataclass, fields

import fio
import host
import report
from host import GIB, BenchError
from systems import LAUNCHER, Bay

DATA_BYTES = 4 * GIB
TMPFS_MEMORY = 12 * GIB
BACKING_BYTES = 2 * DATA_BYTES + GIB  # the source and one copy at a time
COPY_TIMEOUT = 1200
LEAST_RATIO = 0.9


@dataclass(frozen=True)
class Round:
    """Seconds of one duplicate and of one cp, by the clock and of CPU."""

    copying: float
    job: float
    job_cpu: float
    cp: float
    cp_and_sync: float
    cp_cpu: float


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed

    result = report.Report("bench duplicate", host.description(arguments))
    result.text(
        f"{DATA_BYTES // GIB} GiB of random bytes, no hole; medians of {arguments.rounds} rounds,"
        " the two in turn, in seconds. The ratio is the speed of the job's copying phase against"
        " cp alone."
    )
    lines, targets, failures = [], [], []
    for place, backing in _places(arguments, result):
        try:
            rounds = _measure(backing, place, arguments.rounds)
        except (BenchError, OSError) as error:
            failures.append(f"{place}: {error}")
            continue
        seconds = {
            field.name: report.median([getattr(one, field.name) for one in rounds])
            for field in fields(Round)
        }
        ratio = seconds["cp"] / seconds["copying"]
        each = sorted(one.cp / one.copying for one in rounds)
        between = f"{each[0]:.2f} to {each[-1]:.2f}"
        lines.append((place, *map(report.number, seconds.values()), f"{ratio:.2f}", between))
        targets.append((f"copying phase / cp, {place}", ratio))
    header = ("backing", "copying phase", "whole job", "job CPU", "cp", "cp and sync", "cp CPU")
    result.table((*header, "ratio", "each round"), lines)
    result.targets(
        [(what, *report.verdict(ratio, at_least=LEAST_RATIO)) for what, ratio in targets]
    )
    result.failures(failures)
    return result, not failures


def _places(arguments, result):
    """The backing file systems to measure on, each with a context that yields a directory."""
    places = []
    if host.available_memory() >= TMPFS_MEMORY:
        places.append(("tmpfs", _on_tmpfs()))
    else:
        result.text(f"No tmpfs: less than {TMPFS_MEMORY // GIB} GiB of memory are free.")
    if not arguments.tmpfs_only:
        host.require_space(arguments.disk, BACKING_BYTES)
        file_system = host.file_system_type(arguments.disk)
        places.append((f"disk, {file_system}", host.work_directory(arguments.disk)))
    return places


@contextlib.contextmanager
def _on_tmpfs():
    with host.work_directory() as directory:
        with host.tmpfs(directory / "backing", BACKING_BYTES) as backing:
            yield backing


def _measure(backing, place, count):
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(backing)
        # The mount point lies outside of a tmpfs that is taken away with its contents.
        mount_point = stack.enter_context(host.work_directory()) / "mnt"
        bay = stack.enter_context(Bay(directory / "bay", mount_point))
        host.say(f"{place}: writing {DATA_BYTES // GIB} GiB")
        bay.control(f"create volume a size={DATA_BYTES}")
        host.write_random(bay.volume("a"), DATA_BYTES)
        home = _home_file(bay.path)
        rounds = []
        for number in range(count):
            host.say(f"{place}: round {number + 1} of {count}")
            duplicate = _duplicate(bay, home, f"round{number + 1}")
            if number == 0:
                host.run(["cmp", home, bay.volume("b")], COPY_TIMEOUT)
            bay.volume("b").unlink()
            rounds.append(Round(*duplicate, *_cp(home, directory / "copy")))
    return rounds


def _home_file(bay):
    """The plain file in the bay that holds the volume: cp reads the very bytes the job reads."""
    files = [path for path in bay.rglob("*") if path.is_file()]
    homes = [path for path in files if path.stat().st_size == DATA_BYTES]
    if len(homes) != 1:
        raise BenchError(f"{len(homes)} files of {DATA_BYTES} bytes in {bay}, 1 wanted")
    return homes[0]


def _duplicate(bay, home, job_name):
    """Returns the seconds of the copying phase, of the job from command to end, and of CPU."""
    _settle(home)
    cpu_before = host.cpu_seconds(bay.pid)
    started = time.monotonic()
    bay.control(f"duplicate from=a to=b verify=no share=never id={job_name}")
    bay.wait(job_name, COPY_TIMEOUT)
    job = time.monotonic() - started
    job_cpu = host.cpu_seconds(bay.pid) - cpu_before
    lines = (bay.job(job_name) / "status").read_text().splitlines()
    status = dict(line.split(": ", 1) for line in lines if ": " in line)
    copied = int(status.get("bytes_copied", DATA_BYTES))
    if copied != DATA_BYTES:
        raise BenchError(f"{job_name} copied {copied} bytes of {DATA_BYTES}")
    copying = int(status["copy_millis"]) / 1000 if "copy_millis" in status else job
    return copying, job, job_cpu


def _cp(home, copy):
    """Returns the seconds of cp alone, until its copy is on the disk, and of CPU."""
    _settle(home)
    cpu_before = host.children_cpu_seconds()
    started = time.monotonic()
    host.run(["cp", "--sparse=always", home, copy], COPY_TIMEOUT)
    cp = time.monotonic() - started
    cp_cpu = host.children_cpu_seconds() - cpu_before
    host.run(["sync", copy], COPY_TIMEOUT)
    cp_and_sync = time.monotonic() - started
    copy.unlink()
    return cp, cp_and_sync, cp_cpu


def _settle(home):
    """Both start with room for a copy, nothing left to write and, on a disk, an uncached source.

    The kernel gives the space of a deleted file back late while somebody else drops caches.
    """

    def room():
        return shutil.disk_usage(home.parent).free > DATA_BYTES

    host.wait_until(room, 60, f"room for {DATA_BYTES // GIB} GiB beside {home}")
    os.sync()
    fio.forget_cached_pages(home)
