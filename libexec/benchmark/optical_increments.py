"""A volume of which 1 % changed: an incremental duplicate beside a full one."""

import os
import random
from dataclasses import dataclass

import host
import report
from jukebox import COPY_TIMEOUT, DVD_BYTES, SECTOR_BYTES, Jukebox

CHANGE_BYTES = 64 << 10
LEAST_RATIO = 20


@dataclass(frozen=True)
class Round:
    """Seconds by the clock, CPU, and bytes that the job copied."""

    full: float
    full_cpu: float
    incremental: float
    incremental_cpu: float
    copied: int


def measure(arguments, directory):
    rounds = []
    places = random.Random(arguments.seed)
    with Jukebox(directory) as jukebox:
        host.write_random(jukebox.volume("SRC"), DVD_BYTES)
        for number in range(arguments.rounds):
            host.say(f"increments: round {number + 1} of {arguments.rounds}")
            full, full_cpu, _ = jukebox.duplicate(f"full{number}", "clear=yes verify=no")
            _change(jukebox.volume("SRC"), places)
            words = "incr=yes clear=yes verify=no"
            seconds, cpu, status = jukebox.duplicate(f"incr{number}", words)
            copied = int(status["bytes_copied"])
            rounds.append(Round(full, full_cpu, seconds, cpu, copied))
        host.run(["cmp", jukebox.volume("SRC"), jukebox.volume("DST")], COPY_TIMEOUT)
    return rounds


def _change(path, places):
    """1 % of the volume, in pieces of 64 KiB at random sectors."""
    with path.open("r+b", buffering=0) as file:
        for _ in range(DVD_BYTES // 100 // CHANGE_BYTES):
            sector = places.randrange((DVD_BYTES - CHANGE_BYTES) // SECTOR_BYTES)
            file.seek(sector * SECTOR_BYTES)
            file.write(os.urandom(CHANGE_BYTES))
        os.fsync(file.fileno())


def write(result, arguments, rounds):
    result.heading("1 % changed")
    result.text(
        f"{DVD_BYTES} bytes on tmpfs, 1 % written in pieces of 64 KiB; whole jobs without"
        f" verification, from the command to the end; medians of {arguments.rounds} rounds."
    )
    fields = ("full", "full_cpu", "incremental", "incremental_cpu", "copied")
    header = ("", "full", "CPU", "incremental", "CPU", "bytes copied")
    values = [report.number(report.median([getattr(r, f) for r in rounds])) for f in fields]
    result.table(header, [("4.7 GB", *values)])


def targets(rounds):
    ratio = report.median([one.full / one.incremental for one in rounds])
    cpu = report.median([one.full_cpu / max(one.incremental_cpu, 0.01) for one in rounds])
    return [("full / incremental", *report.verdict(ratio, at_least=LEAST_RATIO), cpu)]
