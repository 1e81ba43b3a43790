"""tar of a tree of 2 GiB at 256 KiB records to a drive, and to a file on the same disk."""

import os
from dataclasses import dataclass

import report
from host import GIB, say
from tape_library import Library, make_tree, timed

LEAST_RATIO = 0.7
TREE_BYTES = 2 * GIB


@dataclass(frozen=True)
class Run:
    """Seconds by the clock and of CPU, the daemon's among them; and with what follows, a sync."""

    seconds: float
    cpu: float
    synced: float


@dataclass(frozen=True)
class Round:
    drive: Run
    file: Run


def measure(arguments, directory):
    rounds = []
    tree, archive = directory / "tree", directory / "archive.tar"
    make_tree(tree, TREE_BYTES)
    with Library(directory) as library:
        library.load()
        _to_drive(library, tree)  # uncounted
        for number in range(arguments.rounds):
            say(f"archive: round {number + 1} of {arguments.rounds}")
            if number % 2:
                drive, file = _to_drive(library, tree), _to_file(archive, tree)
            else:
                file, drive = _to_file(archive, tree), _to_drive(library, tree)
            rounds.append(Round(drive, file))
    return rounds


def _to_file(archive, tree):
    os.sync()
    seconds, cpu = timed(_tar(archive, tree))
    synced, _ = timed(["sync", "-d", archive])
    archive.unlink()
    return Run(seconds, cpu, seconds + synced)


def _to_drive(library, tree):
    library.mt("rewind")
    library.mt("erase", 0)
    library.mt("rewind")
    os.sync()
    daemon = library.daemon_cpu()
    seconds, cpu = timed(_tar(library.drive, tree))
    daemon = library.daemon_cpu() - daemon
    # it waits for the close: the kernel lets tar go before the filemark is on the disk
    synced, _ = timed(["mt", "-f", library.drive, "tell"])
    return Run(seconds, cpu + daemon, seconds + synced)


def _tar(to, tree):
    return ["tar", "-b", "512", "-cf", to, "-C", tree.parent, tree.name]


def write(result, arguments, rounds):
    result.heading("tar of 2 GiB at 256 KiB records")
    result.text(
        f"Medians of {arguments.rounds} rounds in turn, in seconds. *synced* is up to the filemark"
        " on the disk, which a close of the drive writes, and to the end of `sync -d` of the file."
    )
    rows = []
    for name, of in (("drives/nst0", "drive"), ("file", "file")):
        runs = [getattr(one, of) for one in rounds]
        fields = [[getattr(run, field) for run in runs] for field in ("seconds", "cpu", "synced")]
        rows.append((name, *(report.number(report.median(field)) for field in fields)))
    result.table(("tar -b 512 to", "seconds", "CPU", "synced"), rows)


def targets(rounds):
    plain = report.median([one.file.seconds / one.drive.seconds for one in rounds])
    cpu = report.median([one.file.cpu / one.drive.cpu for one in rounds])
    synced = report.median([one.file.synced / one.drive.synced for one in rounds])
    name = "speed of tar to a drive / to a file"
    return [
        (f"{name}, neither synced", *report.verdict(plain, LEAST_RATIO), cpu),
        (f"{name}, both synced", *report.verdict(synced, LEAST_RATIO), None),
    ]
