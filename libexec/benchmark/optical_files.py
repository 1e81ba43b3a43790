"""20,000 files: a duplicate of their volume beside taking them out and making a new image."""

import os
import time
from dataclasses import dataclass

import host
import report
from jukebox import COPY_TIMEOUT, Jukebox

FILES = 20_000
FILE_BYTES = 10_000
LEAST_RATIO = 5


@dataclass(frozen=True)
class Round:
    """Seconds by the clock, and of CPU."""

    verified: float
    job: float
    job_cpu: float
    files: float
    files_cpu: float


def measure(arguments, directory):
    source = directory / "tree"
    _make(source)
    rounds = []
    with Jukebox(directory, capacity=512 << 20, room=4 << 30) as jukebox:
        image = jukebox.backing / "image.iso"
        _build(source, image, "SRC")
        host.run(["dd", f"if={image}", f"of={jukebox.volume('SRC')}", "bs=1M"], COPY_TIMEOUT)
        for number in range(arguments.rounds):
            host.say(f"files: round {number + 1} of {arguments.rounds}")
            verified, _, _ = jukebox.duplicate(f"verified{number}", "clear=yes")
            seconds, cpu, _ = jukebox.duplicate(f"plain{number}", "clear=yes verify=no")
            rounds.append(Round(verified, seconds, cpu, *_by_files(jukebox, number)))
    return rounds


def _make(source):
    content = os.urandom(FILE_BYTES)
    for number in range(FILES):
        folder = source / f"d{number // 200:03d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"f{number:05d}.bin").write_bytes(content[number % 100 :])


def _build(source, image, name):
    words = ["genisoimage", "-quiet", "-J", "-R", "-V", name, "-o", image, source]
    host.run(words, COPY_TIMEOUT)


def _by_files(jukebox, number):
    taken, image = jukebox.backing / f"taken{number}", jukebox.backing / "new.iso"
    cpu = host.children_cpu_seconds()
    started = time.monotonic()
    host.run(["7z", "x", "-y", f"-o{taken}", jukebox.volume("SRC")], COPY_TIMEOUT)
    _build(taken, image, "DST")
    host.run(["sync", image], COPY_TIMEOUT)
    seconds = time.monotonic() - started
    cpu = host.children_cpu_seconds() - cpu
    image.unlink()
    host.run(["rm", "-r", taken], COPY_TIMEOUT)
    return seconds, cpu


def write(result, arguments, rounds):
    result.heading("A volume of 20,000 files")
    result.text(
        f"ISO 9660 with Joliet, {FILES} files of up to {FILE_BYTES} bytes, on tmpfs; medians of"
        f" {arguments.rounds} rounds in turn, in seconds. *verified* also reads both again and"
        " hashes them, which 7z and genisoimage do not."
    )
    fields = ("job", "job_cpu", "verified", "files", "files_cpu")
    header = ("", "duplicate", "CPU", "verified", "7z x and genisoimage", "CPU")
    values = [report.number(report.median([getattr(r, f) for r in rounds])) for f in fields]
    result.table(header, [("20,000 files", *values)])


def targets(rounds):
    ratio = report.median([one.files / one.job for one in rounds])
    cpu = report.median([one.files_cpu / one.job_cpu for one in rounds])
    what = "7z x and a new image / the duplicate"
    return [(what, *report.verdict(ratio, at_least=LEAST_RATIO), cpu)]
