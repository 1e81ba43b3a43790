"""`bench all`: every benchmark, one after the other, in one report."""

import time

import host
import mount
import report
from systems import LAUNCHER, JnrCopybay


def run(arguments):
    """Returns the report and whether every part of every run succeeded."""
    host.require_root()
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed
    result = Sections(arguments)
    for words in _sections(arguments):
        section = arguments.parse(words)
        host.say("./bench " + " ".join(words))
        started = time.monotonic()
        try:
            part, succeeded = section.run(section)
        except (host.BenchError, OSError) as error:
            part, succeeded = report.Report(f"bench {words[0]}", host.description(section)), False
            part.failures([str(error)])
        result.add(words, part, succeeded, time.monotonic() - started)
        if arguments.markdown:  # also of a run that is ended before its time
            arguments.markdown.write_text(str(result))
    return result, result.succeeded


def _sections(arguments):
    common = ["--seed", str(arguments.seed), *(["--quick"] if arguments.quick else [])]
    rounds = ["--rounds", "1"] if arguments.quick else []
    disk = ["--disk", str(arguments.disk)]
    added = [name for name in mount.SYSTEMS if name.startswith("copybay-")]
    if JnrCopybay.name in added and not _takes_jnr():
        host.say(f"left out: {JnrCopybay.name}, which copybay mount --help does not name")
        added.remove(JnrCopybay.name)
    return (
        ["mount", *common, *rounds, *(word for name in added for word in ("--add", name))],
        ["points", *common, *rounds, *disk],
        ["cache", *common, *rounds],
        ["duplicate", *common, *rounds, *disk],
        ["shadow", *common, *rounds, *disk],
        ["quickopc", *common, *rounds, *disk],
        ["safeguarded", *common, *rounds, *disk],
        ["optical", *common, *rounds],
        ["tape", *common, *rounds, *disk],
    )


def _takes_jnr():
    return "jnr" in host.run([LAUNCHER, "mount", "--help"], timeout=60)


class Sections:
    """The reports of the sections below a table that says how each went."""

    def __init__(self, arguments):
        self._words = arguments.words
        self._lines = []
        self._missed = []
        self._parts = []
        self.succeeded = True

    def add(self, words, part, succeeded, seconds):
        passed = [line[3] for line in part.verdicts]
        self._lines.append(
            (
                "./bench " + " ".join(words),
                report.number(seconds / 60),
                passed.count("PASS"),
                passed.count("MISS"),
                "yes" if succeeded else "no",
            )
        )
        self._missed += [
            f"- {part.title}: {line[0]}: wanted {line[1]}, measured {line[2]}"
            for line in part.verdicts
            if line[3] == "MISS"
        ]
        self._parts.append(str(part))
        self.succeeded = self.succeeded and succeeded

    def __str__(self):
        header = ("section", "minutes", "targets met", "missed", "all measured")
        missed = "\n".join(self._missed) or "No target was missed."
        top = ["# ./bench " + " ".join(self._words), report.table(header, self._lines), missed]
        return "\n\n".join(top + self._parts)
