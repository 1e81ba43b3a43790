"""The twelve rows, and one measurement of one row on one system with fio."""

import json
import os
from dataclasses import dataclass

import host
from host import BenchError

MIB = 1 << 20
seed = 1  # of every random order of blocks, the same in each round


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    options: tuple
    unit: str = "kIOPS"
    one_pass: bool = False  # ends after one pass over the file, else by time only


@dataclass(frozen=True)
class Measurement:
    throughput: float  # in the unit of the row
    client_micros: float  # CPU per operation
    daemon_micros: float

    @property
    def cpu_micros(self):
        return self.client_micros + self.daemon_micros


def _sequential(kind, mode, **more):
    direct = int(mode == "direct")
    return Row(
        name=f"seq-{kind}-{mode}",
        title=f"1 MiB sequential {kind}, {mode}",
        options=(f"--rw={kind}", "--bs=1M", "--ioengine=psync", f"--direct={direct}"),
        unit="MB/s",
        **more,
    )


def _random(kind, name, title, *options):
    return Row(
        name=f"rand-{kind}-{name}",
        title=f"4 KiB random {kind}, {title}",
        options=(f"--rw=rand{kind}", "--bs=4k", "--norandommap", *options),
    )


def _random_direct(kind):
    psync = ("--direct=1", "--ioengine=psync")
    libaio = ("--direct=1", "--ioengine=libaio", "--iodepth=32")
    return (
        _random(kind, "depth1", "direct, depth 1", *psync),
        _random(kind, "depth32", "direct, depth 32", *libaio),
        _random(kind, "jobs4", "direct, four jobs", *psync, "--numjobs=4"),
    )


# A second pass of the buffered read would be served by the kernel alone.
ROWS = (
    _sequential("write", "buffered"),
    _sequential("read", "buffered", one_pass=True),
    _sequential("write", "direct"),
    _sequential("read", "direct"),
    *_random_direct("write"),
    *_random_direct("read"),
    _random("write", "buffered", "buffered", "--ioengine=psync"),
    _random("write", "fsync", "buffered, fsync each", "--ioengine=psync", "--fsync=1"),
)


def fill(system):
    """Writes the whole file once, so that no system has a hole to serve or a page to allocate."""
    fill_row = Row("fill", "fill", ("--rw=write", "--bs=1M", "--direct=1"), one_pass=True)
    _fio(system, fill_row, seconds=300)


def measure(system, row, seconds):
    """Runs `row` on `system` for about `seconds`."""
    forget_cached_pages(system.file)
    daemon_before = _daemon_seconds(system)
    jobs = _fio(system, row, seconds)
    daemon_seconds = _daemon_seconds(system) - daemon_before

    sides = [job[side] for job in jobs for side in ("read", "write") if job[side]["total_ios"]]
    operations = sum(side["total_ios"] for side in sides)
    if operations == 0:
        raise BenchError(f"fio did no operation in {row.name} on {system.name}")
    if row.unit == "MB/s":
        throughput = sum(side["bw_bytes"] for side in sides) / 1e6
    else:
        throughput = sum(side["iops"] for side in sides) / 1e3
    client_seconds = sum(
        (job["usr_cpu"] + job["sys_cpu"]) / 100 * job["job_runtime"] / 1000 for job in jobs
    )
    return Measurement(
        throughput=throughput,
        client_micros=client_seconds / operations * 1e6,
        daemon_micros=daemon_seconds / operations * 1e6,
    )


def forget_cached_pages(path):
    """Empties the kernel's page cache of `path`, so that every system starts a cell without it.

    On tmpfs itself the pages are the file, and nothing happens.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)


def run_jobs(options, timeout):
    """Runs fio and returns its jobs as fio's JSON has them."""
    command = ["fio", "--output-format=json", "--invalidate=1", "--allow_file_create=0"]
    command += [f"--randseed={seed}", *options]
    output = host.run(command, timeout)
    try:
        jobs = json.loads(output[output.index("{") :])["jobs"]
    except (ValueError, KeyError) as error:
        raise BenchError(f"fio's answer cannot be read ({error}): {output[:500]}") from error
    for job in jobs:
        if job["error"]:
            raise BenchError(f"fio job {job['jobname']}: errno {job['error']}")
    return jobs


def _fio(system, row, seconds):
    length = ["--time_based=1"] if not row.one_pass else []
    options = [
        f"--name={row.name}",
        f"--filename={system.file}",
        f"--size={system.file_bytes}",
        f"--runtime={int(seconds * 1000)}ms",
        *length,
        *row.options,
    ]
    if not system.takes_direct:
        options.append("--direct=0")
    return run_jobs(options, timeout=3 * seconds + 30)


def _daemon_seconds(system):
    return host.cpu_seconds(system.pid) if system.pid is not None else 0.0
