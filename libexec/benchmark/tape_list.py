"""A list of 10,000 cartridges."""

import report
from tape_library import Library, timed

MOST_SECONDS = 1
CARTRIDGES = 10_000


def measure(arguments, directory):
    with Library(directory) as library:
        library.control(f"tape library name=BIG slots={CARTRIDGES} drives=1")
        library.control(f"tape add library=BIG count={CARTRIDGES}")
        mount = library.bay.mount_point
        table = mount / ".control" / "tape" / "list"
        changer = mount / ".control" / "tape" / "libraries" / "BIG" / "changer"
        rounds = range(arguments.rounds)
        return {
            "cat .control/tape/list": [timed(["cat", table])[0] for _ in rounds],
            "cat .../libraries/BIG/changer": [timed(["cat", changer])[0] for _ in rounds],
            "ls -l tapes": [timed(["ls", "-l", mount / "tapes"])[0] for _ in rounds],
        }


def write(result, arguments, measured):
    result.heading("A list of 10,000 cartridges")
    result.text(f"Medians of {arguments.rounds} rounds, in seconds.")
    rows = [(name, report.number(report.median(all))) for name, all in measured.items()]
    result.table(("", "seconds"), rows)


def targets(measured):
    return [
        (f"{name}, seconds", *report.verdict(report.median(all), at_most=MOST_SECONDS), None)
        for name, all in measured.items()
    ]
