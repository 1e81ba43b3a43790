"""A full DVD of 4.7 GB: the copying phase of its duplicate beside dd between the same files."""

import time
from dataclasses import dataclass

import host
import report
from jukebox import COPY_TIMEOUT, DVD_BYTES, Jukebox

LEAST_RATIO = 0.9


@dataclass(frozen=True)
class Round:
    """Seconds of one duplicate and of one dd, by the clock and of CPU."""

    copying: float
    verified: float
    cpu: float
    dd: float
    dd_cpu: float


def measure(arguments, directory):
    rounds = []
    with Jukebox(directory) as jukebox:
        host.write_random(jukebox.volume("SRC"), DVD_BYTES)
        home, copy = jukebox.home("SRC"), jukebox.backing / "copy"
        for number in range(arguments.rounds):
            host.say(f"sectors: round {number + 1} of {arguments.rounds}")
            _, cpu, status = jukebox.duplicate(f"plain{number}", "clear=yes verify=no")
            seconds, _, _ = jukebox.duplicate(f"verified{number}", "clear=yes verify=yes")
            copying = int(status["copy_millis"]) / 1000
            rounds.append(Round(copying, seconds, cpu, *_dd(home, copy)))
        host.run(["cmp", jukebox.volume("SRC"), jukebox.volume("DST")], COPY_TIMEOUT)
    return rounds


def _dd(home, copy):
    cpu = host.children_cpu_seconds()
    started = time.monotonic()
    host.run(["dd", f"if={home}", f"of={copy}", "bs=1M", "conv=fsync"], COPY_TIMEOUT)
    seconds = time.monotonic() - started
    cpu = host.children_cpu_seconds() - cpu
    copy.unlink()
    return seconds, cpu


def _median(rounds, field):
    return report.median([getattr(one, field) for one in rounds])


def write(result, arguments, rounds):
    result.heading("A full volume of 4.7 GB")
    result.text(
        f"{DVD_BYTES} bytes of random data on tmpfs; medians of {arguments.rounds} rounds in turn,"
        " in seconds. *whole job* also reads both again and hashes them."
    )
    fields = ("copying", "cpu", "verified", "dd", "dd_cpu")
    header = ("", "copying phase", "CPU", "whole job, verified", "dd bs=1M conv=fsync", "dd CPU")
    values = [report.number(_median(rounds, field)) for field in fields]
    result.table(header, [("4.7 GB", *values)])


def targets(rounds):
    ratio = report.median([one.dd / one.copying for one in rounds])
    cpu = report.median([one.dd_cpu / one.cpu for one in rounds])
    return [("speed of the copying phase / dd", *report.verdict(ratio, at_least=LEAST_RATIO), cpu)]
