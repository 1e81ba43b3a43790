"""`bench cache`: the same volume with cache=page and with cache=block, in turn, in one run."""

import contextlib

import fio
import host
import report
from cells import Cells
from host import GIB, BenchError
from systems import LAUNCHER, Copybay, PlainFile

FILE_BYTES = GIB // 4
HOT_MIB = 16  # half of what the block cache holds
CACHE_MIB = 32
ALL_MIB = FILE_BYTES // fio.MIB
MEMORY_BYTES = 3 * GIB


class PageCached(Copybay):
    name = "page"


class BlockCached(Copybay):
    name = "block"
    cache = "block"


SYSTEMS = (PageCached, BlockCached, PlainFile)
NAMES = [system.name for system in SYSTEMS]


def _row(name, title, mib, *options, unit="kIOPS", **more):
    place = "hot" if mib == HOT_MIB else "large"
    size = f"--size={mib}M"
    return fio.Row(f"{name}-{place}", f"{title}, {mib} MiB", (*options, size), unit, **more)


def _small(mib, kind, name, title, *options):
    rw = (f"--rw={kind}", "--bs=4k", "--norandommap")
    return _row(name, f"4 KiB {title}", mib, *rw, *options)


def _rows(mib):
    one = ("--direct=1", "--ioengine=psync")
    many = ("--direct=1", "--ioengine=libaio", "--iodepth=32")
    large = ("--bs=1M", "--ioengine=psync")
    mixed = ("--rwmixread=70", *many)
    return (
        _small(mib, "randread", "read-1", "random read, direct, depth 1", *one),
        _small(mib, "randread", "read-32", "random read, direct, depth 32", *many),
        _row(
            "read-1M",
            "1 MiB sequential read, direct",
            mib,
            "--rw=read",
            "--direct=1",
            *large,
            unit="MB/s",
        ),
        _small(mib, "randrw", "mixed-32", "random, 7 reads to 3 writes, direct, depth 32", *mixed),
        _small(mib, "randwrite", "write-32", "random write, direct, depth 32", *many),
        _small(mib, "randread", "read-buffered", "random read, buffered", "--ioengine=psync"),
        _row(
            "read-1M-buffered",
            "1 MiB sequential read, buffered, one pass",
            mib,
            "--rw=read",
            *large,
            unit="MB/s",
            one_pass=True,
        ),
    )


ROWS = (*_rows(HOT_MIB), *_rows(ALL_MIB))


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    host.require_memory(MEMORY_BYTES)
    host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed
    rows = [row for row in ROWS if not arguments.only or row.name in arguments.only]
    result = report.Report("bench cache", host.description(arguments))
    cells = Cells(rows, NAMES)
    with host.work_directory() as directory, contextlib.ExitStack() as stack:
        systems = []
        for kind in SYSTEMS:
            host.say(f"starting and filling {kind.name}")
            systems.append(stack.enter_context(kind(directory, FILE_BYTES)))
            fio.fill(systems[-1])
        for number in range(arguments.rounds + 1):
            _round(systems, rows, number, arguments, cells)
        memory = [_memory(system) for system in systems if system.pid]
    _write(result, arguments, cells, rows)
    result.heading("Memory")
    result.text(
        "Of the daemon at the end, in MiB, and what the block cache had; *hits* are of all its"
        " look-ups, in percent."
    )
    result.table(("mode", "heap", "resident", "highest", "block cache", "hits"), memory)
    if not arguments.only:
        result.targets(_targets(cells, rows))
    result.failures(cells.failures)
    return result, not cells.failures


def _round(systems, rows, number, arguments, cells):
    """Who goes first changes each round; the first round is not counted."""
    turn = number % len(systems)
    seconds = arguments.seconds if number else arguments.warm_up
    for row in rows:
        host.say(f"round {number}: {row.name}" + ("" if number else ", uncounted"))
        for system in systems[turn:] + systems[:turn]:
            try:
                measurement = fio.measure(system, row, seconds)
            except (BenchError, OSError) as error:
                cells.failures.append(f"{row.name} on {system.name}: {error}")
            else:
                if number:
                    cells.add(row, system.name, measurement)


def _memory(system):
    status = (system.bay.mount_point / ".control" / "status").read_text().splitlines()
    bay = dict(line.split(": ", 1) for line in status)
    numbers = (
        host.live_heap_bytes(system.pid) / fio.MIB,
        host.resident_mib(system.pid, "VmRSS"),
        host.resident_mib(system.pid, "VmHWM"),
        int(bay["cache_bytes"]) / fio.MIB,
    )
    return (system.name, *map(report.number, numbers), bay["cache_hit_percent"])


def _write(result, arguments, cells, rows):
    result.text(
        f"A file of {ALL_MIB} MiB on tmpfs, and its first {HOT_MIB} MiB; the block cache holds"
        f" {CACHE_MIB} MiB. Medians of {arguments.rounds} rounds of {arguments.seconds:g} s each, the"
        " systems in turn row by row. *CPU* is that of an operation, client plus daemon, in µs."
        " *file* has no daemon between."
    )
    header = ("row", "unit", *NAMES, *(f"CPU {name}" for name in NAMES))
    lines, rates, costs = [], [], []
    for row in rows:
        throughput = [cells.throughput(row, name) for name in NAMES]
        cpu = [cells.cpu(row, name) for name in NAMES]
        rate, cost = report.ratio(throughput[1], throughput[0]), report.ratio(cpu[1], cpu[0])
        rates.append(rate)
        costs.append(cost)
        ratios = (report.two_decimals(rate), report.two_decimals(cost))
        spread = report.two_decimals(cells.spread(row, BlockCached.name))
        lines.append((row.title, row.unit, *map(report.number, throughput + cpu), *ratios, spread))
    means = [report.two_decimals(_mean(ratios)) for ratios in (rates, costs)]
    lines.append(("geometric mean", *[""] * (len(header) - 1), *means, ""))
    result.table((*header, "block / page", "by CPU", "spread"), lines, left=2)


def _mean(ratios):
    return report.geometric_mean([ratio for ratio in ratios if ratio])


def _targets(cells, rows):
    """What speaks for page as the default: that block does not win over all rows."""
    page, block = PageCached.name, BlockCached.name
    rates = [report.ratio(cells.throughput(r, block), cells.throughput(r, page)) for r in rows]
    costs = [report.ratio(cells.cpu(r, block), cells.cpu(r, page)) for r in rows]
    return [
        ("block / page, throughput, mean", *report.verdict(_mean(rates), at_most=1.1)),
        ("block / page, CPU, mean", *report.verdict(_mean(costs), at_least=0.9)),
    ]
