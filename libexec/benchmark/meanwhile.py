"""How long a write waits while a minicopy is under way, beside one on a set that is left alone."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass

import fio
import host
import report
import sets
from host import GIB, BenchError
from systems import Bay

SHARE = 0.5
RATE = 500
MOST_SECONDS = 120
STEADY, COPYING = "steady", "minicopy"
PERCENTILES = ("50.000000", "99.000000", "99.900000")


@dataclass(frozen=True)
class Writes:
    """How long writes took, in microseconds."""

    percentiles: tuple
    longest: float
    rate: float  # a second
    seconds: float


@dataclass
class Measured:
    size: int
    place: str
    writes: dict


def measure(arguments, directory):
    size = GIB // 2 if arguments.quick else 4 * GIB
    host.require_space(arguments.disk, 2 * size + GIB)
    measured = Measured(size, host.file_system_type(arguments.disk), {STEADY: [], COPYING: []})
    with host.work_directory(arguments.disk) as backing:
        with Bay(backing / "bay", directory / "mnt") as bay:
            host.say(f"meanwhile: filling {size / GIB:g} GiB")
            mirror = sets.Mirror(bay, size)
            host.write_random(mirror.unit, size)
            for number in range(arguments.rounds + 1):
                host.say(f"meanwhile: round {number}" + ("" if number else ", uncounted"))
                steps = [(STEADY, _steady), (COPYING, _copying)]
                for name, step in steps if number % 2 else steps[::-1]:
                    writes = step(mirror, number, directory / "writes", arguments)
                    if number:
                        measured.writes[name].append(writes)
    return measured


def _steady(mirror, _number, output, arguments):
    sets.settle(mirror.homes)
    with Load(mirror, output) as load:
        time.sleep(arguments.steady_seconds)
        return load.end()


def _copying(mirror, number, output, _arguments):
    mirror.split()
    sets.write_random(mirror.unit, sets.in_order(sets.regions(mirror.size, SHARE)))
    sets.settle(mirror.homes)
    job = f"meanwhile-{number}"
    mirror.begin(job, "minicopy")
    with Load(mirror, output) as load:
        mirror.wait(job)
        return load.end()


class Load:
    """Writes of 4 KiB at random at a low rate, until told to end."""

    def __init__(self, mirror, output):
        self._output = output
        command = [
            "fio",
            *("--name=writes", f"--filename={mirror.unit}", f"--size={mirror.size}"),
            *("--rw=randwrite", "--bs=4k", "--direct=1", "--norandommap", "--ioengine=psync"),
            *(f"--rate_iops={RATE}", "--time_based=1", f"--runtime={MOST_SECONDS}"),
            *("--allow_file_create=0", f"--randseed={fio.seed}"),
            *("--output-format=json", f"--output={output}"),
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        host.kill_group(self._process)

    def end(self):
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGINT)
        self._process.wait(timeout=30)
        text = self._output.read_text()
        try:
            job = json.loads(text[text.index("{") :])["jobs"][0]
            write = job["write"]
            if not write["total_ios"]:
                raise BenchError("the copy ended before fio wrote anything: a larger set is needed")
            times = write["clat_ns"]
            return Writes(
                tuple(times["percentile"][name] / 1000 for name in PERCENTILES),
                times["max"] / 1000,
                write["iops"],
                write["runtime"] / 1000,
            )
        except (ValueError, KeyError, IndexError) as error:
            raise BenchError(f"fio's answer cannot be read ({error}): {text[:500]}") from error


def write(result, arguments, measured):
    result.heading("Writes during a minicopy")
    result.text(
        f"4 KiB random writes, O_DIRECT, {RATE} a second at most, to a set of two members of"
        f" {measured.size / GIB:g} GiB on {measured.place}: while nothing else happens, and while a"
        f" minicopy of {SHARE:.0%} of its regions is under way, as long as that lasts. In µs;"
        f" medians of {arguments.rounds} rounds, the two in turn."
    )
    header = ("set", "p50", "p99", "p99.9", "longest", "p99, each round", "writes a second", "s")
    lines = []
    for name, rounds in measured.writes.items():
        columns = list(zip(*(one.percentiles for one in rounds)))
        tails = sorted(columns[1])
        lines.append(
            (
                name,
                *(report.number(report.median(column)) for column in columns),
                report.number(report.median([one.longest for one in rounds])),
                f"{report.number(tails[0])} to {report.number(tails[-1])}",
                report.number(report.median([one.rate for one in rounds])),
                report.number(report.median([one.seconds for one in rounds])),
            )
        )
    result.table(header, lines)


def targets(_measured):
    return []
