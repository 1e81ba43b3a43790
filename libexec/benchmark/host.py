"""The machine under the benchmark: processes, mounts, memory, and its description."""

import contextlib
import ctypes
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
GIB = 1 << 30
CHUNK_BYTES = 64 << 20
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
OLDEST_JDK = 17
UMOUNT_NOFOLLOW, MNT_DETACH = 8, 2


class BenchError(Exception):
    """A run that cannot go on; the message is for the person at the terminal."""


def require_root():
    if os.geteuid() != 0:
        raise BenchError("run as root: every system gets a tmpfs of its own")


def require_memory(wanted_bytes):
    available = available_memory()
    if available < wanted_bytes:
        raise BenchError(
            f"not enough memory: {available / GIB:.1f} GiB available,"
            f" {wanted_bytes / GIB:.1f} wanted"
        )


def require_space(directory, wanted_bytes):
    free = shutil.disk_usage(directory).free
    if free < wanted_bytes:
        raise BenchError(
            f"{directory} has {free / GIB:.1f} GiB free, {wanted_bytes / GIB:.1f} wanted"
        )


def available_memory():
    return _kib_field("/proc/meminfo", "MemAvailable") * 1024


def resident_mib(pid, field):
    """`field` is VmRSS (now) or VmHWM (highest so far)."""
    return _kib_field(f"/proc/{pid}/status", field) / 1024


def _kib_field(path, field):
    for line in Path(path).read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise BenchError(f"{path} has no {field}")


def live_heap_bytes(pid):
    """What of the heap of a Java process is in use after a collection."""
    total = run(["jcmd", str(pid), "GC.class_histogram"], timeout=30).splitlines()[-1].split()
    if total[0] != "Total":
        raise BenchError(f"jcmd tells no total: {' '.join(total)}")
    return int(total[2])


def io_counts(pid):
    """What `pid` read and wrote: rchar, wchar (by system calls), read_bytes, write_bytes (disk)."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return {name: int(value) for name, value in (line.split(": ") for line in lines)}


def cpu_seconds(pid):
    """User plus system time of all threads of `pid`, ended ones included."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS_PER_SECOND


def children_cpu_seconds():
    """User plus system time of the commands that were run and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command, timeout, environment=None):
    """Runs `command` and returns its output; on a timeout it is killed with its children.

    `environment` is added to that of this process.
    """
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        env={**os.environ, **(environment or {})},
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except BaseException as stop:
        kill_group(process)
        if isinstance(stop, subprocess.TimeoutExpired):
            raise BenchError(f"no answer within {timeout:.0f} s: {_text(command)}") from stop
        raise
    if process.returncode != 0:
        raise BenchError(f"exit code {process.returncode}: {_text(command)}\n{output.strip()}")
    return output


@contextlib.contextmanager
def background(command):
    """A process that runs beside what is measured; left, it is gone."""
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
        if process.poll() != 0:
            raise BenchError(f"exit code {process.returncode}: {_text(command)}")
    finally:
        kill_group(process)


@contextlib.contextmanager
def interrupted(command):
    """A process that runs until it is left, and is then told to end as Ctrl-C does."""
    process = subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
        if process.poll() is not None:
            raise BenchError(f"ended too early: {_text(command)}")
        os.kill(process.pid, signal.SIGINT)
        process.wait(timeout=60)
    finally:
        kill_group(process)


def kill_group(process):
    """Kills a process that was started in a session of its own, and all its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):  # it may hang in a dead mount
        process.communicate(timeout=5)


def _text(command):
    return " ".join(str(word) for word in command)


def wait_until(condition, timeout, what):
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise BenchError(f"{what}: not within {timeout} s")
        time.sleep(0.01)


@contextlib.contextmanager
def work_directory(parent=None):
    path = Path(tempfile.mkdtemp(prefix="copybay-bench-", dir=parent))
    try:
        yield path
    finally:
        if any(mount.is_relative_to(path) for mount in mount_points()):
            say(f"left {path}: still mounted")
        else:
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def tmpfs(path, size):
    path.mkdir()
    run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "copybay-bench", path], timeout=10)
    try:
        yield path
    finally:
        detach(path)


def touch_memory(directory, size):
    """Uses so much memory once: a virtual machine may get it from its host only then."""
    with tmpfs(directory, size) as backing:
        run(["fallocate", "--length", str(size // 100 * 99), backing / "memory"], timeout=120)


def write_random(path, size):
    """Pseudo-random chunks that repeat every 64 MiB: nothing here compresses or deduplicates."""
    chunk = os.urandom(CHUNK_BYTES)
    with path.open("r+b", buffering=0) as file:
        for at in range(0, size, CHUNK_BYTES):
            rest = memoryview(chunk)[: size - at]
            while rest:
                rest = rest[file.write(rest) :]
        os.fsync(file.fileno())


def mount_points():
    lines = Path("/proc/self/mounts").read_text().splitlines()
    return [Path(line.split()[1].replace("\\040", " ")) for line in lines]


def detach(path):
    """Takes a mount away, by force when something still holds it; without one it does nothing."""
    if path not in mount_points():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    for _ in range(20):
        if libc.umount2(os.fsencode(path), UMOUNT_NOFOLLOW) == 0:
            return
        time.sleep(0.1)
    libc.umount2(os.fsencode(path), UMOUNT_NOFOLLOW | MNT_DETACH)


def file_system_type(path):
    return run(["findmnt", "--noheadings", "--output=FSTYPE", "--target", path], 10).strip()


def say(text):
    """Progress, apart from the report."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def end_on_signals():
    """Makes SIGTERM and SIGHUP unwind the stack as Ctrl-C does, so that every mount is undone."""

    def unwind(number, _frame):
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, unwind)


def description(arguments):
    """What a reader must know about the run and the machine, as (name, value) pairs."""
    return [
        ("date", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())),
        ("command", "./bench " + " ".join(arguments.words)),
        ("seed", arguments.seed),
        ("commit", _first_line(["git", "-C", REPOSITORY, "describe", "--always", "--dirty"])),
        ("machine", f"{os.cpu_count()} cores, {_processor()}, {_total_memory()}"),
        ("load at the start", "{:.2f} {:.2f} {:.2f}".format(*os.getloadavg())),
        ("kernel", platform.release()),
        ("JDK", java_version(_java())),
        ("fio", _first_line(["fio", "--version"])),
        ("bindfs", _first_line(["bindfs", "--version"])),
        ("qemu-storage-daemon", _first_line(["qemu-storage-daemon", "--version"])),
    ]


def _java():
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def java_version(java):
    return _first_line([java, "-version"])


def other_jdks():
    """The JDKs beside the one that is used as it comes: release and home, one for each release."""
    own = shutil.which(_java())
    releases = {_java_release(Path(own).resolve().parents[1])} if own else set()
    found = {}
    for home in sorted(Path("/usr/lib/jvm").glob("*")):
        release = _java_release(home)
        if release >= OLDEST_JDK and release not in releases and (home / "bin" / "java").exists():
            found.setdefault(release, home)
    return sorted(found.items())


def _java_release(home):
    with contextlib.suppress(OSError):
        for line in (home / "release").read_text().splitlines():
            if line.startswith("JAVA_VERSION="):
                return int(line.split('"')[1].split(".")[0])
    return 0


def _processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _total_memory():
    return f"{_kib_field('/proc/meminfo', 'MemTotal') / (1 << 20):.0f} GiB"


def _first_line(command):
    try:
        return run(command, timeout=20).splitlines()[0]
    except (BenchError, OSError, IndexError):
        return "not found"
