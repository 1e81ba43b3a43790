"""How long a start keeps the writers of its source waiting, and how long it takes itself."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass

import clones
import fio
import freezing
import host
import report
from freezing import moment
from host import GIB
from sessions import Pair
from systems import Bay, sparse

SIZES = (("4 GiB, sparse", 4 * GIB), ("4 TiB, sparse", 4096 * GIB))
LOOP_BYTES = 16 * GIB
LEAD_SECONDS = 2
STEP_SECONDS = 0.7  # of load between any two steps
LOAD_SECONDS = 900
WRITE_RATE = 1000  # a second, of each writer: with more, syncing them is what takes time
FULL, DIFF, QUIET, SYNC_SOURCE, SYNC_TARGET, CANCEL = (
    *("start", "start -diff", "quiet", "fsync source", "fsync target", "cancel"),
)
STARTS = (FULL, DIFF)
MOST_MILLIS = 20


@dataclass(frozen=True)
class Case:
    """Volumes of one size; milliseconds by what was done, one for each repeat."""

    title: str
    took: dict
    stalls: dict  # the longest write to the source that was under way meanwhile
    plain: dict  # the longest one to a plain file on the same file system meanwhile
    longest_plain: float  # of the whole time
    p999_plain: float
    changed: float  # MiB that the differential starts had to prepare, the median
    rate: float  # writes a second to the source

    def beyond(self, what, choose):
        return choose(self.stalls[what]) - self.longest_plain


@dataclass
class Measured:
    place: str
    cases: list
    sync: list  # milliseconds of an fdatasync of one block, with nothing else under way


def measure(arguments, directory):
    count = 4 if arguments.quick else 10
    host.require_space(arguments.disk, LOOP_BYTES)
    measured = Measured(f"an ext4 in a loop device on {host.file_system_type(arguments.disk)}", [], [])
    for title, size in SIZES:
        with contextlib.ExitStack() as stack:
            disk = stack.enter_context(host.work_directory(arguments.disk))
            backing = stack.enter_context(_ext4(disk, directory / f"ext4-{size}"))
            bay = stack.enter_context(Bay(backing / "bay", directory / f"mnt-{size}"))
            host.say(f"starting {title}")
            measured.cases.append(_under_load(bay, backing, title, size, count))
            measured.sync += _syncs(backing, count)
    return measured


@contextlib.contextmanager
def _ext4(directory, mount_point):
    """A file system of its own: one that discards what is freed takes minutes to end with blocks
    that are scattered over 4 TiB."""
    with clones.loop(sparse(directory / "ext4", LOOP_BYTES)) as device:
        host.run(["mkfs.ext4", "-q", "-E", "nodiscard", device], 60)
        mount_point.mkdir()
        host.run(["mount", device, mount_point], 60)
        try:
            yield mount_point
        finally:
            host.detach(mount_point)


def _syncs(backing, count):
    os.sync()
    with (backing / "sync").open("w+b", 0) as file:
        took = []
        for _ in range(count):
            os.pwrite(file.fileno(), freezing.BLOCK, 0)
            took.append(moment(lambda: os.fdatasync(file.fileno())).millis)
    return took


def _under_load(bay, backing, title, size, count):
    pair = Pair(bay, size)
    plain = sparse(backing / "plain", size)
    logs = backing / "logs"
    logs.mkdir()
    moments, changed = [], []
    with host.interrupted(_load(pair, plain, logs)):
        time.sleep(LEAD_SECONDS)
        with _descriptors(bay, pair) as (control, source, target):
            for number in range(count + 1):
                one = _repeat(pair, control, source, target, changed)
                if number:
                    moments.append(one)
        time.sleep(STEP_SECONDS)
    began = moments[0][FULL].start
    ended = moments[-1][CANCEL].end
    writes, plains = (sorted(freezing.writes(logs, name)) for name in ("source", "plain"))
    counted = [took for end, took in plains if began <= end / 1000 <= ended]
    return Case(
        title,
        {what: [one[what].millis for one in moments] for what in moments[0]},
        *(
            {what: [freezing.longest(of, one[what]) for one in moments] for what in moments[0]}
            for of in (writes, plains)
        ),
        max(counted),
        sorted(counted)[len(counted) * 999 // 1000],
        report.median(changed[1:]) / fio.MIB,
        sum(began <= end / 1000 <= ended for end, _ in writes) / (ended - began),
    )


@contextlib.contextmanager
def _descriptors(bay, pair):
    """Of the control file and, only to fsync them, of both volumes."""
    with contextlib.ExitStack() as stack:
        control = stack.enter_context(bay.control_file())
        volumes = [stack.enter_context(path.open("rb", 0)) for path in (pair.source, pair.target)]
        yield control, *(volume.fileno() for volume in volumes)


def _repeat(pair, control, source, target, changed):
    """A full start, a differential one while its copy is under way, and an end; by name."""
    one = {}

    def do(what, step):
        time.sleep(STEP_SECONDS)
        one[what] = moment(step)

    do(FULL, lambda: _command(control, pair.start_line("rate=50M")))
    time.sleep(STEP_SECONDS)
    changed.append(int(pair.info("tracked_source_bytes")))
    do(DIFF, lambda: _command(control, pair.start_line("mode=diff")))
    do(QUIET, lambda: time.sleep(one[DIFF].millis / 1000))
    do(SYNC_SOURCE, lambda: os.fsync(source))
    do(SYNC_TARGET, lambda: os.fsync(target))
    do(CANCEL, pair.cancel)
    return one


def _command(control, line):
    os.write(control, line.encode())


def _load(pair, plain, logs):
    """One that writes blocks of the source at random, and one that does so beside the bay.

    The daemon writes through the page cache of the file system below, and so does the plain one.
    As threads, they end with fio, however that ends.
    """

    def job(name, file, direct):
        return (
            *(f"--name={name}", f"--filename={file}", f"--size={pair.size}"),
            *(f"--direct={direct}", f"--rate_iops={WRITE_RATE}"),
            *("--ioengine=psync", "--rw=randwrite", "--bs=4k", "--norandommap"),
            *("--time_based=1", f"--runtime={LOAD_SECONDS}"),
            *(f"--write_lat_log={logs / name}", "--log_unix_epoch=1"),
            *("--disable_slat=1", "--disable_clat=1"),
        )

    return (
        *("fio", "--thread", "--allow_file_create=0", "--output=/dev/null"),
        f"--randseed={fio.seed}",
        *job("source", pair.source, direct=1),
        *job("plain", plain, direct=0),
    )


# ---- the report


def write(result, _arguments, measured):
    result.heading("Start")
    result.text(
        f"A source and a target, both sparse, on {measured.place} while one process writes 4 KiB at random to"
        f" the source, O_DIRECT, one at a time, {WRITE_RATE} a second at most, and another one as many"
        " to a plain file of the same size on the same file system, through the page cache as the"
        " daemon does. *took* is the time of the command; *stall* the longest write"
        " to the source that was under way meanwhile, *plain* the longest one to the plain file in"
        " the same moment. *quiet* is a moment as long as a differential start without any, the"
        " fsyncs are those of both volumes, for comparison. In ms; median and longest of"
        f" {len(measured.cases[0].took[FULL])}. *beyond* is stall minus the longest write to the"
        " plain file in the whole time."
    )
    header = ("volumes", "what", "took", "longest", "stall", "longest", "plain", "longest")
    header += ("beyond", "longest")
    lines = [_line(case, what) for case in measured.cases for what in case.took]
    result.table(header, lines, left=2)
    for case in measured.cases:
        result.text(
            f"{case.title}: {report.number(case.rate)} writes a second to the source; longest write"
            f" to the plain file {report.number(case.longest_plain)} ms, p99.9"
            f" {report.number(case.p999_plain)} ms; a differential start had"
            f" {report.number(case.changed)} MiB to prepare in the median."
        )
    result.text(
        "One fdatasync of a changed block when nothing else happens, ms:"
        f" {report.number(report.median(measured.sync))}, longest"
        f" {report.number(max(measured.sync))}."
    )


def _line(case, what):
    columns = [case.title, what]
    for millis in (case.took[what], case.stalls[what], case.plain[what]):
        columns += [report.number(report.median(millis)), report.number(max(millis))]
    return (*columns, *(_signed(case.beyond(what, choose)) for choose in (report.median, max)))


def _signed(value):
    return report.number(value) if value >= 0 else f"-{report.number(-value)}"


def targets(measured):
    lines = []
    for case in measured.cases:
        for what in STARTS:
            for name, choose in (("median", report.median), ("longest", max)):
                beyond = max(0.0, case.beyond(what, choose))
                verdict = report.verdict(beyond, at_most=MOST_MILLIS)
                title = f"stall by {what} beyond a plain write, ms, {name}: {case.title}"
                lines.append((title, *verdict, None))
    return lines
