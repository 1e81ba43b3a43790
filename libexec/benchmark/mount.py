"""`bench mount`: a volume beside other daemons that serve a file, in turn, in one run."""

import contextlib

import fio
import host
import report
from cells import Cells
from host import GIB, BenchError
from systems import (
    LAUNCHER,
    Bay,
    BigWritesBindfs,
    Bindfs,
    Copybay,
    JnrCopybay,
    PlainFile,
    QemuStorageDaemon,
    on_other_jdks,
)

FILE_BYTES = 2 * GIB
MOUNT_RUNS = 5
BIG_VOLUME = "1T"
BIG_VOLUME_SECONDS = 30
BIG_VOLUME_BACKING = 3 * GIB
PEERS = (Bindfs, QemuStorageDaemon, PlainFile, BigWritesBindfs)
SYSTEMS = {s.name: s for s in (Copybay, *on_other_jdks(), JnrCopybay, *PEERS)}
DEFAULT_SYSTEMS = ("copybay", "bindfs", "qsd", "file")
TARGETS = {  # peer: (throughput at least, CPU per operation at most), geometric means
    "bindfs": (1.6, 0.75),
    "qsd": (1.7, 0.65),
}
WORST_ROW_OF_BINDFS = 0.8
READY_SECONDS = 2.0
RESIDENT_MIB = 300


def run(arguments):
    """Returns the report and whether every part of the run succeeded."""
    host.require_root()
    names = _chosen_systems(arguments)
    rows = [row for row in fio.ROWS if not arguments.only or row.name in arguments.only]
    # Every system holds its file in memory, and one at a time the kernel's cache of it.
    host.require_memory((len(names) + 1) * FILE_BYTES + 2 * GIB)

    facts = host.description(arguments)
    for name in names:
        home = getattr(SYSTEMS[name], "java_home", None)
        if home:
            facts.append((name, host.java_version(home / "bin" / "java")))
    result = report.Report("bench mount", facts)
    with host.work_directory() as directory:
        cells = _measure_rows(arguments, directory, names, rows)
        _write_rows(result, arguments, cells, rows, names)
        failures = list(cells.failures)
        targets = _row_targets(cells, rows) if "copybay" in names else []
        if "copybay" in names and not arguments.only:
            for measure in (_mount_time, _resident_memory):
                try:
                    targets.append(measure(arguments, directory))
                except BenchError as error:
                    failures.append(f"{measure.__name__.strip('_')}: {error}")
    if targets:
        result.targets(targets)
    result.failures(failures)
    return result, not failures


def _chosen_systems(arguments):
    names = [name for name in DEFAULT_SYSTEMS if name not in arguments.without]
    names += [name for name in arguments.add if name not in names]
    if "copybay" in names:
        host.run([LAUNCHER, "version"], timeout=1800)  # builds when needed
    return names


def _measure_rows(arguments, directory, names, rows):
    cells = Cells(rows, names)
    with contextlib.ExitStack() as stack:
        systems = []
        for name in names:
            host.say(f"starting and filling {name}")
            system = stack.enter_context(SYSTEMS[name](directory, FILE_BYTES))
            fio.fill(system)
            systems.append(system)
        for system in systems:
            host.say(f"warming up {system.name}, uncounted")
            for row in rows:
                _cell(cells, row, system, arguments.warm_up, counted=False)
        for number in range(arguments.rounds):
            # Whoever comes first in one round comes last in the next.
            turn = number % len(systems)
            for row in rows:
                host.say(f"round {number + 1} of {arguments.rounds}: {row.name}")
                for system in systems[turn:] + systems[:turn]:
                    _cell(cells, row, system, arguments.seconds, counted=True)
    return cells


def _cell(cells, row, system, seconds, counted):
    try:
        if not system.alive():
            raise BenchError("the daemon is dead")
        measurement = fio.measure(system, row, seconds)
    except (BenchError, OSError) as error:
        failure = f"{row.name} on {system.name}: {error}"
        host.say(failure)
        cells.failures.append(failure)
    else:
        if counted:
            cells.add(row, system.name, measurement)


def _write_rows(result, arguments, cells, rows, names):
    peers = [name for name in names if name not in ("copybay", "file")]
    if "copybay" not in names:
        peers = []
    result.text(
        f"Volume of {FILE_BYTES // GIB} GiB, everything on tmpfs; medians of {arguments.rounds}"
        f" rounds of {arguments.seconds:g} s each, the systems in turn row by row."
    )
    _write_table(result, "Throughput", rows, names, peers, cells.throughput, cells.spread)
    _write_table(
        result,
        "CPU per operation, client plus daemon, µs",
        rows,
        names,
        peers,
        cells.cpu,
        cells.daemon_cpu,
    )


def _write_table(result, title, rows, names, peers, value, extra):
    """`extra` is a last column about copybay alone: a spread beside throughput, else a part."""
    is_throughput = "Throughput" in title
    header = ["row"] + (["unit"] if is_throughput else []) + list(names)
    header += [f"/ {peer}" for peer in peers]
    if peers:
        header.append("spread" if is_throughput else "daemon alone")
    lines = []
    ratios = {peer: [] for peer in peers}
    for row in rows:
        line = [row.title] + ([row.unit] if is_throughput else [])
        line += [report.number(value(row, name)) for name in names]
        for peer in peers:
            of_peer = report.ratio(value(row, "copybay"), value(row, peer))
            line.append(report.two_decimals(of_peer))
            if of_peer:
                ratios[peer].append(of_peer)
        if peers:
            last = extra(row, "copybay")
            line.append(report.two_decimals(last) if is_throughput else report.number(last))
        lines.append(line)
    if peers:
        means = [report.two_decimals(report.geometric_mean(ratios[peer])) for peer in peers]
        blank = [""] * (len(header) - len(peers) - 2)
        lines.append(["geometric mean", *blank, *means, ""])
    result.heading(title)
    result.table(header, lines, left=2 if is_throughput else 1)


def _row_targets(cells, rows):
    targets = []
    for peer, (least_throughput, most_cpu) in TARGETS.items():
        throughput = _ratios(cells.throughput, rows, peer)
        cpu = _ratios(cells.cpu, rows, peer)
        mean = report.geometric_mean(throughput.values())
        targets.append((f"throughput / {peer}", *report.verdict(mean, at_least=least_throughput)))
        mean = report.geometric_mean(cpu.values())
        targets.append((f"CPU / {peer}", *report.verdict(mean, at_most=most_cpu)))
    of_bindfs = _ratios(cells.throughput, rows, "bindfs")
    worst = min(of_bindfs, key=of_bindfs.get, default=None)
    label = "worst row / bindfs" + (f": {worst}" if worst else "")
    targets.append((label, *report.verdict(of_bindfs.get(worst), at_least=WORST_ROW_OF_BINDFS)))
    return targets


def _ratios(value, rows, peer):
    ratios = {row.name: report.ratio(value(row, "copybay"), value(row, peer)) for row in rows}
    return {name: of_peer for name, of_peer in ratios.items() if of_peer}


def _mount_time(_arguments, directory):
    """Start of the mount command until the volumes can be listed, median of some runs."""
    host.say("mounting and unmounting")
    with Bay(directory / "bay-to-mount", directory / "mnt-to-mount") as bay:
        bay.unmount()
        seconds = []
        for _ in range(MOUNT_RUNS):
            seconds.append(bay.mount())
            bay.unmount()
    target = report.verdict(report.median(seconds), at_most=READY_SECONDS)
    return (f"mount until ready, s, median of {MOUNT_RUNS}", *target)


def _resident_memory(arguments, directory):
    """Highest resident memory of the daemon while a sparse 1 TiB volume is under random load."""
    seconds = min(BIG_VOLUME_SECONDS, arguments.memory_seconds)
    host.say(f"random load on {BIG_VOLUME} for {seconds:g} s")
    with contextlib.ExitStack() as stack:
        backing = stack.enter_context(host.tmpfs(directory / "big", BIG_VOLUME_BACKING))
        bay = stack.enter_context(Bay(backing / "bay", directory / "mnt-big"))
        bay.control(f"create volume big size={BIG_VOLUME}")
        load = (f"--filename={bay.volume('big')}", f"--size={BIG_VOLUME}", "--direct=1")
        # One block of each 4 MiB, 1 GiB in all: the tmpfs must hold what is written.
        small = ("--rw=randrw", "--bs=4k", "--blockalign=4M", "--ioengine=libaio", "--iodepth=32")
        large = ("--rw=randread", "--bs=1M", "--ioengine=libaio", "--iodepth=8")
        common = ("--norandommap", "--time_based=1", f"--runtime={seconds:g}")
        fio.run_jobs(
            ["--name=small", "--numjobs=2", *load, *small, *common]
            + ["--name=large", *load, *large, *common],
            timeout=3 * seconds + 60,
        )
        highest = host.resident_mib(bay.pid, "VmHWM")
        now = host.resident_mib(bay.pid, "VmRSS")
    target = report.verdict(highest, at_most=RESIDENT_MIB)
    return (f"resident memory, MiB, highest ({now:.0f} after the load)", *target)
