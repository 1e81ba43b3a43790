"""tar of a tree of 2 GiB at 256 KiB records to a drive, and to a file on the same disk."""

import os
from dataclasses import dataclass

import report
from host import GIB, say
from tape_library import Library, make_tree, timed

LEAST_RATIO = 0.7
TREE_BYTES = 2 * GIB


@dataclass(frozen=True)
class Round:
    """Seconds by the clock and of CPU, the daemon's among them."""

    drive: float
    drive_cpu: float
    file: float
    file_cpu: float


def measure(arguments, directory):
    rounds = []
    tree, archive = directory / "tree", directory / "archive.tar"
    make_tree(tree, TREE_BYTES)
    with Library(directory) as library:
        library.load()
        for number in range(arguments.rounds):
            say(f"archive: round {number + 1} of {arguments.rounds}")
            os.sync()
            file, file_cpu = timed(_tar(archive, tree))
            archive.unlink()
            library.mt("rewind")
            library.mt("erase", 0)
            library.mt("rewind")
            os.sync()
            daemon = library.daemon_cpu()
            drive, drive_cpu = timed(_tar(library.drive, tree))
            daemon = library.daemon_cpu() - daemon
            rounds.append(Round(drive, drive_cpu + daemon, file, file_cpu))
    return rounds


def _tar(to, tree):
    return ["tar", "-b", "512", "-cf", to, "-C", tree.parent, tree.name]


def write(result, arguments, rounds):
    result.heading("tar of 2 GiB at 256 KiB records")
    result.text(f"Medians of {arguments.rounds} rounds in turn, in seconds.")
    fields = ("drive", "drive_cpu", "file", "file_cpu")
    values = [report.number(report.median([getattr(r, f) for r in rounds])) for f in fields]
    result.table(("", "drives/nst0", "CPU", "file", "CPU"), [("tar -b 512", *values)])


def targets(rounds):
    ratio = report.median([one.file / one.drive for one in rounds])
    cpu = report.median([one.file_cpu / one.drive_cpu for one in rounds])
    return [("speed of tar to a drive / to a file", *report.verdict(ratio, LEAST_RATIO), cpu)]
