"""Entry of ./bench: arguments in, report out."""

import argparse
import sys
from pathlib import Path

import cache
import duplicate
import everything
import fio
import host
import mount
import optical
import points
import quickopc
import safeguarded
import shadow
import tape


def main():
    arguments = _parse(sys.argv[1:])
    fio.seed = arguments.seed
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


def _parse(words):
    parser = argparse.ArgumentParser(
        prog="bench",
        description="Measures Copybay beside its peers. Figures never fail a run: the exit code"
        " is 0 unless a measurement could not be made.",
    )
    names = (
        "all | mount | points | cache | duplicate | shadow | quickopc | safeguarded | optical"
        " | tape"
    )
    commands = parser.add_subparsers(required=True, metavar=names)
    adds = (_add_all, _add_mount, _add_points, _add_cache, _add_duplicate, _add_shadow)
    for add in (*adds, _add_quickopc, _add_safeguarded, _add_optical, _add_tape):
        add(commands)
    arguments = parser.parse_args(words, argparse.Namespace(words=words))
    arguments.finish(arguments)
    return arguments


def _add_all(commands):
    parser = commands.add_parser(
        "all",
        help="every benchmark in one report; mount with every JDK and transport that is there",
    )
    parser.add_argument("--quick", action="store_true", help="a first look, below 15 minutes")
    parser.add_argument("--report", type=Path, metavar="FILE", dest="markdown", help=_MARKDOWN)
    _add_seed(parser)
    _add_disk(parser, "for what waits for a disk")
    parser.set_defaults(run=everything.run, finish=lambda arguments: None, parse=_parse)


def _add_mount(commands):
    parser = commands.add_parser("mount", help="a volume beside bindfs and qemu-storage-daemon")
    _add_common(parser, rounds=5)
    _add_seconds(parser, 4)
    _add_only(parser, [row.name for row in fio.ROWS])
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


def _add_cache(commands):
    parser = commands.add_parser("cache", help="the same volume with cache=page and cache=block")
    _add_common(parser, rounds=5)
    _add_seconds(parser, 3)
    _add_only(parser, [row.name for row in cache.ROWS])

    def finish(arguments):
        quick = arguments.quick
        arguments.rounds = arguments.rounds or (2 if quick else 5)
        arguments.seconds = arguments.seconds or (0.5 if quick else 3)
        arguments.warm_up = min(arguments.seconds, 0.5 if quick else 2)

    parser.set_defaults(run=cache.run, finish=finish)


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
    _add_only(parser, list(points.PARTS), "PART")

    def finish(arguments):
        quick = arguments.quick
        arguments.rounds = arguments.rounds or (2 if quick else 5)
        arguments.seconds = 0.4 if quick else 0.6

    parser.set_defaults(run=points.run, finish=finish)


def _add_shadow(commands):
    parser = commands.add_parser("shadow", help="minicopies, and sets beside one volume")
    _add_common(parser, rounds=5)
    _add_disk(parser, "for the sets")
    _add_only(parser, list(shadow.PARTS), "PART")

    def finish(arguments):
        quick = arguments.quick
        arguments.rounds = arguments.rounds or (2 if quick else 5)
        arguments.seconds = 1 if quick else 3
        arguments.steady_seconds = 2 if quick else 8

    parser.set_defaults(run=shadow.run, finish=finish)


def _add_quickopc(commands):
    parser = commands.add_parser("quickopc", help="QuickOPC sessions beside reflinks, cp and qemu")
    _add_common(parser, rounds=5)
    _add_disk(parser, "for the volumes")
    _add_only(parser, list(quickopc.PARTS), "PART")

    def finish(arguments):
        quick = arguments.quick
        arguments.rounds = arguments.rounds or (2 if quick else 5)
        arguments.seconds = 1 if quick else 3

    parser.set_defaults(run=quickopc.run, finish=finish)


def _add_safeguarded(commands):
    parser = commands.add_parser("safeguarded", help="backups, and thousands of them held")
    _add_common(parser, rounds=5)
    _add_disk(parser, "for what waits for a disk")
    _add_only(parser, list(safeguarded.PARTS), "PART")

    def finish(arguments):
        quick = arguments.quick
        arguments.rounds = arguments.rounds or (2 if quick else 5)
        arguments.seconds = 1 if quick else 3

    parser.set_defaults(run=safeguarded.run, finish=finish)


def _add_optical(commands):
    parser = commands.add_parser("optical", help="duplicates of optical volumes beside dd and 7z")
    _add_common(parser, rounds=5)
    _add_only(parser, list(optical.PARTS), "PART")

    def finish(arguments):
        arguments.rounds = arguments.rounds or (2 if arguments.quick else 5)

    parser.set_defaults(run=optical.run, finish=finish)


def _add_tape(commands):
    parser = commands.add_parser("tape", help="a tape drive beside a file, smart copies beside cp")
    _add_common(parser, rounds=5)
    _add_disk(parser, "for bay and files")
    _add_only(parser, list(tape.PARTS), "PART")

    def finish(arguments):
        arguments.rounds = arguments.rounds or (2 if arguments.quick else 5)

    parser.set_defaults(run=tape.run, finish=finish)


_MARKDOWN = "write the report there too"


def _add_only(parser, names, what="ROW"):
    parser.add_argument(
        "--only",
        action="append",
        choices=names,
        metavar=what,
        help=f"this {what.lower()}; may be given again: " + ", ".join(names),
    )


def _add_seconds(parser, seconds):
    help = f"of each cell (default {seconds}; quick less)"
    parser.add_argument("--seconds", type=float, help=help)


def _add_disk(parser, why):
    parser.add_argument(
        "--disk",
        type=Path,
        default=Path("/var/tmp"),
        help=f"directory on a disk {why} (default /var/tmp)",
    )


def _add_seed(parser):
    parser.add_argument("--seed", type=int, default=1, help="of the random order of blocks")


def _add_common(parser, rounds):
    parser.add_argument("--quick", action="store_true", help="a first look: fewer, shorter rounds")
    parser.add_argument("--rounds", type=int, help=f"default {rounds}")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help=_MARKDOWN)
    _add_seed(parser)


if __name__ == "__main__":
    sys.exit(main())
