"""How long a backup keeps the writers of its volumes waiting, and how long it takes itself."""

import contextlib
import os
import time
from dataclasses import dataclass

import fio
import freezing
import host
import report
import vaults
from freezing import moment
from host import GIB
from systems import Bay, sparse

COUNTS = (1, 16)  # volumes
VOLUME_BYTES = 64 << 20
DISK_BYTES = 6 * GIB
LEAD_SECONDS = 2
STEP_SECONDS = 0.5
LOAD_SECONDS = 900
WRITES = 1600  # a second, of all writers together: with more, syncing them is what takes time
MOST_MILLIS = {1: 20, 16: 50}


@dataclass(frozen=True)
class Case:
    """Volumes of one session; milliseconds, one number for each backup."""

    volumes: int
    took: list
    syncs: list  # an fdatasync of a block of a plain file beside each
    stalls: list  # the longest write that was under way meanwhile
    quiet: list  # the longest one in a time without a backup, as long as that
    longest_plain: float  # of one to a plain file on the same disk, in the whole time

    @property
    def beyond(self):
        return max(0.0, max(self.stalls) - max(self.longest_plain, *self.quiet))


def measure(arguments, directory):
    count = 5 if arguments.quick else 20
    host.require_space(arguments.disk, DISK_BYTES)
    place = host.file_system_type(arguments.disk)
    return place, [_measure(arguments, directory, volumes, count) for volumes in COUNTS]


def _measure(arguments, directory, volumes, count):
    host.say(f"backups of {volumes} volumes under load")
    with contextlib.ExitStack() as stack:
        disk = stack.enter_context(host.work_directory(arguments.disk))
        bay = stack.enter_context(Bay(disk / "bay", directory / f"mnt-{volumes}"))
        names = [f"v{i}" for i in range(volumes)]
        session = vaults.Session(bay, "BENCH", names, VOLUME_BYTES)
        plain = sparse(disk / "plain", VOLUME_BYTES)
        for file in (plain, *session.files):
            host.write_random(file, VOLUME_BYTES)
        logs = disk / "logs"
        logs.mkdir()
        control = stack.enter_context(bay.control_file())
        still = stack.enter_context((disk / "still").open("w+b", 0))
        moments, syncs = [], []
        with host.interrupted(_load(session.files, plain, logs)):
            time.sleep(LEAD_SECONDS)
            for number in range(count + 1):
                backup = moment(lambda: session.backup(control))
                time.sleep(STEP_SECONDS)
                os.pwrite(still.fileno(), freezing.BLOCK, 0)
                sync = moment(lambda: os.fdatasync(still.fileno()))
                time.sleep(STEP_SECONDS)
                quiet = moment(lambda: time.sleep(backup.millis / 1000))
                if number:
                    moments.append((backup, quiet))
                    syncs.append(sync.millis)
        done, plains = (sorted(freezing.writes(logs, name)) for name in ("volumes-*", "plain"))
    return Case(
        volumes,
        [backup.millis for backup, _ in moments],
        syncs,
        *([freezing.longest(done, one) for one in column] for column in zip(*moments)),
        max(took for ended, took in plains if ended / 1000 >= moments[0][0].start),
    )


def _load(files, plain, logs):
    """A writer for each volume, and one as fast to a plain file; none syncs."""
    common = (
        *("--rw=randwrite", "--bs=4k", "--norandommap", f"--size={VOLUME_BYTES}"),
        *("--ioengine=psync", f"--rate_iops={WRITES // len(files)}", "--time_based=1"),
        *(f"--runtime={LOAD_SECONDS}", "--log_unix_epoch=1", "--disable_slat=1"),
        *("--disable_clat=1", f"--randseed={fio.seed}"),
    )
    command = ["fio", "--allow_file_create=0", "--output=/dev/null"]
    for number, file in enumerate(files):
        command += [f"--name=v{number}", f"--filename={file}", *common]
        command.append(f"--write_lat_log={logs / f'volumes-{number}'}")
    command += ["--name=plain", f"--filename={plain}", *common]
    return (*command, f"--write_lat_log={logs / 'plain'}")


def write(result, _arguments, measured):
    place, cases = measured
    result.heading("Backup")
    result.text(
        f"Volumes of {VOLUME_BYTES >> 20} MiB on {place}, of one session, while a process for each"
        f" writes 4 KiB at random, {WRITES} a second together. *stall*: the longest write that was"
        " under way during a backup; *quiet*: in a moment as long without one; *plain*: the longest"
        " one of such a process to a plain file on the same disk, in the whole time. *beyond* is the"
        " longest stall minus the longest of these two. In ms; median and longest of"
        f" {len(cases[0].took)} backups."
    )
    header = ("volumes", "backup", "longest", "fdatasync", "longest", "ratio", "stall", "longest")
    header += ("quiet", "longest", "plain", "beyond")
    result.table(header, [_line(case) for case in cases])


def _line(case):
    cells = [case.volumes]
    for millis in (case.took, case.syncs):
        cells += [report.number(report.median(millis)), report.number(max(millis))]
    cells.append(report.number(report.ratio(report.median(case.took), report.median(case.syncs))))
    for millis in (case.stalls, case.quiet):
        cells += [report.number(report.median(millis)), report.number(max(millis))]
    return (*cells, report.number(case.longest_plain), report.number(case.beyond))


def targets(measured):
    return [
        (
            f"stall by a backup beyond others, ms: volumes={case.volumes}",
            *report.verdict(case.beyond, at_most=MOST_MILLIS[case.volumes]),
            None,
        )
        for case in measured[1]
    ]
