"""Entry of ./bench: arguments in, report out."""

import argparse
import sys
from pathlib import Path

import duplicate
import fio
import host
import mount
import points


def main():
    arguments = _arguments()
    host.end_on_signals()
    try:
        report, succeeded = arguments.run(arguments)
    except host.BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(report)
    if arguments.markdown:
        arguments.markdown.write_text(str(report))
    return 0 if succeeded else 1


def _arguments():
    parser = argparse.ArgumentParser(
        prog="bench",
        description="Measures Copybay beside its peers. Figures never fail a run: the exit code"
        " is 0 unless a measurement could not be made.",
    )
    commands = parser.add_subparsers(required=True, metavar="mount | duplicate | points")
    _add_mount(commands)
    _add_duplicate(commands)
    _add_points(commands)
    arguments = parser.parse_args()
    arguments.finish(arguments)
    return arguments


def _add_mount(commands):
    parser = commands.add_parser("mount", help="a volume beside bindfs and qemu-storage-daemon")
    _add_common(parser, rounds=5)
    parser.add_argument("--seconds", type=float, help="of each cell (default 4; quick 1)")
    parser.add_argument(
        "--only",
        action="append",
        choices=[row.name for row in fio.ROWS],
        metavar="ROW",
        help="this row; may be given again: " + ", ".join(row.name for row in fio.ROWS),
    )
    systems = list(mount.SYSTEMS)
    for option, what in (("--without", "leave out"), ("--add", "measure too")):
        parser.add_argument(
            option,
            action="append",
            default=[],
            choices=systems,
            metavar="SYSTEM",
            help=f"{what}: " + ", ".join(systems),
        )

    def finish(arguments):
        quick = arguments.quick
        arguments.rounds = arguments.rounds or (2 if quick else 5)
        arguments.seconds = arguments.seconds or (1 if quick else 4)
        arguments.warm_up = min(arguments.seconds, 0.5 if quick else 2)
        arguments.memory_seconds = 10 if quick else 30

    parser.set_defaults(run=mount.run, finish=finish)


def _add_duplicate(commands):
    parser = commands.add_parser("duplicate", help="the duplicate job beside cp --sparse=always")
    _add_common(parser, rounds=5)
    _add_disk(parser, "for the second table")
    parser.add_argument("--tmpfs-only", action="store_true", help="leave the disk out")

    def finish(arguments):
        arguments.rounds = arguments.rounds or (3 if arguments.quick else 5)

    parser.set_defaults(run=duplicate.run, finish=finish)


def _add_points(commands):
    parser = commands.add_parser("points", help="points in time beside reflinks and qcow2")
    _add_common(parser, rounds=5)
    _add_disk(parser, "for what waits for a disk")
    parser.add_argument(
        "--only",
        action="append",
        choices=list(points.PARTS),
        metavar="PART",
        help="this part; may be given again: " + ", ".join(points.PARTS),
    )

    def finish(arguments):
        quick = arguments.quick
        arguments.rounds = arguments.rounds or (2 if quick else 5)
        arguments.seconds = 0.4 if quick else 0.6

    parser.set_defaults(run=points.run, finish=finish)


def _add_disk(parser, why):
    parser.add_argument(
        "--disk",
        type=Path,
        default=Path("/var/tmp"),
        help=f"directory on a disk {why} (default /var/tmp)",
    )


def _add_common(parser, rounds):
    parser.add_argument("--quick", action="store_true", help="a first look: fewer, shorter rounds")
    parser.add_argument("--rounds", type=int, help=f"default {rounds}")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the report there too")


if __name__ == "__main__":
    sys.exit(main())
