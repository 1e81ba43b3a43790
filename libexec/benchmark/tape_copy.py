"""The copying phase of a smart copy of 4 GiB, beside cp of the tape file on the same disk."""

import os
from dataclasses import dataclass

import host
import report
from host import GIB, say
from tape_library import TIMEOUT, Library, make_tree, timed

LEAST_RATIO = 0.8
TREE_BYTES = 4 * GIB


@dataclass(frozen=True)
class Round:
    """Seconds by the clock and of CPU."""

    copying: float
    whole_cpu: float
    cp: float
    cp_cpu: float


def measure(arguments, directory):
    rounds = []
    tree = directory / "tree"
    make_tree(tree, TREE_BYTES)
    with Library(directory) as library:
        library.load()
        host.run(["tar", "-b", "512", "-cf", library.drive, "-C", directory, "tree"], TIMEOUT)
        library.unload()
        host.run(["rm", "-rf", tree], TIMEOUT)
        tape, copy = library.bay.path / "tapes" / "SRC" / "tape.tap", directory / "copy.tap"
        for number in range(arguments.rounds):
            say(f"copy: round {number + 1} of {arguments.rounds}")
            if number % 2:
                copying, cpu = _copy(library, f"copy{number}")
                cp, cp_cpu = _cp(tape, copy)
            else:
                cp, cp_cpu = _cp(tape, copy)
                copying, cpu = _copy(library, f"copy{number}")
            rounds.append(Round(copying, cpu, cp, cp_cpu))
    return rounds


def _cp(tape, copy):
    os.sync()
    seconds, cpu = timed(["cp", "--reflink=never", tape, copy])
    copy.unlink()
    return seconds, cpu


def _copy(library, name):
    os.sync()
    daemon = library.daemon_cpu()
    library.control(f"tape copy from=SRC to=DST clear=yes verify=no id={name}")
    library.bay.wait(name, TIMEOUT)
    daemon = library.daemon_cpu() - daemon
    lines = (library.bay.job(name) / "status").read_text().splitlines()
    status = dict(line.split(": ", 1) for line in lines if ": " in line)
    return int(status["copy_millis"]) / 1000, daemon


def write(result, arguments, rounds):
    result.heading("A smart copy of 4 GiB")
    result.text(f"Medians of {arguments.rounds} rounds in turn, in seconds; not verified. Neither is synced in that time.")
    fields = ("copying", "whole_cpu", "cp", "cp_cpu")
    values = [report.number(report.median([getattr(r, f) for r in rounds])) for f in fields]
    header = ("", "copying phase", "CPU of the job", "cp", "cp CPU")
    result.table(header, [("4 GiB", *values)])


def targets(rounds):
    ratio = report.median([one.cp / one.copying for one in rounds])
    cpu = report.median([one.cp_cpu / one.whole_cpu for one in rounds])
    return [("speed of the copying phase / cp", *report.verdict(ratio, LEAST_RATIO), cpu)]
