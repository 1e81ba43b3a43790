"""How long a freeze keeps writers waiting, and how long it takes itself."""

import bisect
import contextlib
import os
import time
from dataclasses import dataclass

import clones
import fio
import host
import report
from host import GIB
from systems import Bay

VOLUMES = (("1 MiB", "1M"), ("15 TiB, sparse", "15T"))
POINTS = (0, 1000)
TMPFS_BYTES = 8 * GIB
LEAD_SECONDS = 1
STEP_SECONDS = 0.08  # between a freeze and the drop of its point, a quiet moment, the next one
SETTLE_SECONDS = 0.25  # under load it may take longer: then it goes on in the quiet moment
ALONE_BYTES = 64 << 20
BLOCK = os.urandom(4096)
MOST_MILLIS = 5
LONGEST_MILLIS = 1000  # a longer write is found only where it ended sooner after the moment


@dataclass(frozen=True)
class Moment:
    """Something happened from one time of day to another, in seconds."""

    start: float
    end: float

    @property
    def millis(self):
        return (self.end - self.start) * 1000


@dataclass(frozen=True)
class Case:
    """One volume under load; milliseconds, one number for each freeze."""

    title: str
    returned: list
    stalls: list  # the longest write that was under way while the freeze was
    drops: list  # the longest one that was under way from the drop of the point until it settled
    quiet: list  # the longest one in a time without either, as long as the freeze
    quiet_drops: list  # the same, as long as the drop

    @property
    def beyond(self):
        return max(0.0, max(self.stalls) - max(self.quiet))


def measure(arguments, directory):
    """Returns the cases under load, and the times of a freeze alone by place."""
    count = 6 if arguments.quick else 15
    cases = []
    for title, size in VOLUMES:
        for points in POINTS:
            where = directory / f"{size}-{points}"
            where.mkdir()
            cases.append(_under_load(where, title, size, points, count))
    with host.tmpfs(directory / "memory", GIB) as backing:
        alone = [("tmpfs", *_alone(backing, directory / "mnt-memory", count))]
    with host.work_directory(arguments.disk) as backing:
        place = host.file_system_type(arguments.disk)
        alone.append((place, *_alone(backing, directory / "mnt-disk", count)))
    return cases, alone


# ---- under load


def _under_load(directory, title, size, points, count):
    title = f"{title}, {points} points"
    host.say(f"freezing {title}")
    with contextlib.ExitStack() as stack:
        backing = stack.enter_context(host.tmpfs(directory / "backing", TMPFS_BYTES))
        bay = stack.enter_context(Bay(backing / "bay", directory / "mnt"))
        volume = clones.add_volume(bay, "busy", size)
        if points:
            bay.control("\n".join(f"freeze volumes=busy name=p{i}" for i in range(points)))
        seconds = LEAD_SECONDS + 2 * (STEP_SECONDS + SETTLE_SECONDS) * count
        with host.background(_load(volume, size, seconds, directory)) as load:
            time.sleep(LEAD_SECONDS)
            moments = _freezes(bay, count)
            load.communicate(timeout=60)
        done = sorted(writes(directory, "writes"))
    return Case(
        title,
        [freeze.millis for freeze, *_ in moments],
        *([longest(done, one) for one in column] for column in zip(*moments)),
    )


def _load(volume, size, seconds, directory):
    """Two that write blocks at random, and one that writes 1 MiB after 1 MiB."""
    common = (
        f"--filename={volume}",
        "--direct=1",
        "--ioengine=psync",
        "--time_based=1",
        f"--runtime={int(seconds * 1000)}ms",
        f"--write_lat_log={directory / 'writes'}",
        "--log_unix_epoch=1",
        "--disable_slat=1",
        "--disable_clat=1",
    )
    small = ("--rw=randwrite", "--bs=4k", "--norandommap", f"--size={size}", "--numjobs=2")
    large = ("--rw=write", "--bs=1M", "--size=64M" if size.endswith("T") else f"--size={size}")
    return (
        *("fio", "--allow_file_create=0", "--output=/dev/null"),
        *("--name=small", *common, *small, "--name=large", *common, *large),
    )


def _freezes(bay, count):
    """For each freeze: its moment, that of the drop of its point, and two as long without either."""
    moments = []
    with bay.control_file() as control:
        for _ in range(count):
            freeze = moment(lambda: os.write(control, b"freeze volumes=busy name=now\n"))
            time.sleep(STEP_SECONDS)
            drop = moment(lambda: _drop(bay, control))
            time.sleep(STEP_SECONDS)
            quiet = moment(lambda: time.sleep(freeze.millis / 1000))
            quiet_drop = moment(lambda: time.sleep(drop.millis / 1000))
            moments.append((freeze, drop, quiet, quiet_drop))
    return moments


def moment(do):
    started = time.time()
    do()
    return Moment(started, time.time())


def _drop(bay, control):
    os.write(control, b"drop point=now\n")
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline and bay.status("busy")["away_bytes"] != "0":
        time.sleep(0.01)


def writes(directory, name):
    """The writes of fio's logs of that name: milliseconds of their end, and how many they took."""
    for log in directory.glob(f"{name}_lat.*.log"):
        for line in log.read_text().splitlines():
            ended, nanos = line.split(",", 2)[:2]
            yield int(ended), int(nanos) / 1e6


def longest(done, when):
    """The longest write that was under way in that moment; the log knows whole milliseconds."""
    start = when.start * 1000 - 1
    end = when.end * 1000 + 1
    first = bisect.bisect_left(done, (start,))
    last = bisect.bisect_right(done, (end + LONGEST_MILLIS,))
    return max((took for ended, took in done[first:last] if ended - took <= end), default=0)


# ---- alone


def _alone(backing, mount_point, count):
    """Milliseconds of the first freeze, of the later ones, and of an fdatasync in between."""
    host.say(f"freezing alone in {backing}")
    freezes, syncs = [], []
    with contextlib.ExitStack() as stack:
        bay = stack.enter_context(Bay(backing / "bay", mount_point))
        volume = stack.enter_context(clones.add_volume(bay, "still", ALONE_BYTES).open("r+b", 0))
        plain = stack.enter_context((backing / "plain").open("w+b", 0))
        control = stack.enter_context(bay.control_file())
        for i in range(count + 1):
            volume.write(BLOCK)
            started = time.perf_counter()
            os.write(control, f"freeze volumes=still name=alone-{i}\n".encode())
            frozen = time.perf_counter()
            os.pwrite(plain.fileno(), BLOCK, 0)
            began = time.perf_counter()
            os.fdatasync(plain.fileno())
            syncs.append((time.perf_counter() - began) * 1000)
            freezes.append((frozen - started) * 1000)
    return freezes[0], freezes[1:], syncs[1:]


# ---- the report


def write(result, _arguments, measured):
    cases, alone = measured
    result.heading("Freeze")
    result.text(
        "A volume on tmpfs while two processes write 4 KiB at random and one writes 1 MiB after"
        " 1 MiB, all with O_DIRECT. *Stall* is the longest write that was under way during a"
        " freeze, *drop* from the drop of that point until its blocks had settled; *quiet* in"
        " moments as long as the freeze, or the drop, without either: what the machine does to a"
        " write anyway. *beyond* is longest stall minus longest quiet. In ms; median and longest"
        f" of {len(cases[0].returned)}."
    )
    columns = ("freeze", "stall", "quiet", "drop", "quiet")
    header = ("volume", *(name for column in columns for name in (column, "longest")), "beyond")
    result.table(header, [_case_line(case) for case in cases])
    result.text("A freeze of a volume of 64 MiB that was just written to, beside one fdatasync:")
    header = ("place", "first", "freeze", "longest", "fdatasync", "longest", "ratio")
    result.table(header, [_alone_line(*line) for line in alone])


def _case_line(case):
    columns = [case.title]
    for millis in (case.returned, case.stalls, case.quiet, case.drops, case.quiet_drops):
        columns += [report.number(report.median(millis)), report.number(max(millis))]
    return (*columns, report.number(case.beyond))


def _alone_line(place, first, freezes, syncs):
    columns = [place, report.number(first)]
    for millis in (freezes, syncs):
        columns += [report.number(report.median(millis)), report.number(max(millis))]
    return (*columns, report.number(report.median(freezes) / report.median(syncs)))


def targets(measured):
    cases, alone = measured
    lines = []
    for case in cases:
        beyond = report.verdict(case.beyond, at_most=MOST_MILLIS)
        lines.append((f"stall by a freeze, ms: {case.title}", *beyond, None))
    place, _, freezes, _ = alone[0]
    middle = report.verdict(report.median(freezes), at_most=MOST_MILLIS)
    return [*lines, (f"freeze alone, ms: {place}", *middle, None)]
