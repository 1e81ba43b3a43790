"""The systems that are compared. Each offers one file of a given size, backed by its own tmpfs.

A system is a context manager: entered it runs, left it is gone. `file` is what fio opens and
`pid` the daemon behind it, or None.
"""

import contextlib
import os
import subprocess
import time
from pathlib import Path

import host
from host import REPOSITORY, BenchError

LAUNCHER = REPOSITORY / "copybay"


class System:
    name = None
    pid = None
    file = None
    takes_direct = True

    def __init__(self, directory, file_bytes):
        self.directory = directory / self.name
        self.file_bytes = file_bytes
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.directory.mkdir()
            self._start(stack, self._backing(stack))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def alive(self):
        return self.pid is None or Path(f"/proc/{self.pid}").exists()

    def _backing(self, stack):
        """The directory on which its file stands."""
        size = self.file_bytes + self.file_bytes // 4
        return stack.enter_context(host.tmpfs(self.directory / "backing", size))

    def _start(self, stack, backing):
        raise NotImplementedError

    def _start_daemon(self, stack, command, mount_point):
        """Starts a daemon in the foreground; `mount_point` is taken away before it is ended."""
        log = stack.enter_context((self.directory / "log").open("w"))
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        stack.callback(_end, process)
        stack.callback(host.detach, mount_point)

        def mounted():
            if process.poll() is not None:
                raise BenchError(f"{self.name} ended: {(self.directory / 'log').read_text()}")
            return mount_point in host.mount_points()

        host.wait_until(mounted, 10, f"{self.name} mounting {mount_point}")
        self.pid = process.pid


class PlainFile(System):
    """The file itself on tmpfs: what is left when no daemon stands between."""

    name = "file"

    def _start(self, stack, backing):
        self.file = sparse(backing / "image", self.file_bytes)
        try:
            os.close(os.open(self.file, os.O_RDONLY | os.O_DIRECT))
        except OSError:  # tmpfs refuses it before Linux 6.6
            self.takes_direct = False


class Bindfs(System):
    """bindfs over a tmpfs directory, as it comes: single-threaded."""

    name = "bindfs"
    options = []

    def _start(self, stack, backing):
        sparse(backing / "image", self.file_bytes)
        mount_point = self.directory / "mnt"
        mount_point.mkdir()
        command = ["bindfs", "-f", *self.options, backing, mount_point]
        self._start_daemon(stack, command, mount_point)
        self.file = mount_point / "image"


class BigWritesBindfs(Bindfs):
    """bindfs told to take writes of more than 4 KiB, which libfuse 2 does only when asked."""

    name = "bindfs-big"
    options = ["-o", "big_writes"]


class QemuStorageDaemon(System):
    """A raw image on tmpfs, exported by qemu-storage-daemon as one FUSE file."""

    name = "qsd"

    def _start(self, stack, backing):
        image = sparse(backing / "image", self.file_bytes)
        self.file = self.directory / "volume"
        self.file.touch()
        command = [
            "qemu-storage-daemon",
            *("--blockdev", f"file,node-name=f0,filename={image}"),
            *("--blockdev", "raw,node-name=n0,file=f0"),
            *("--export", f"fuse,id=e0,node-name=n0,mountpoint={self.file},writable=on"),
        ]
        self._start_daemon(stack, command, self.file)


class Copybay(System):
    """A volume in a bay on tmpfs, through the product's own launcher, as it comes."""

    name = "copybay"
    volume = "bench"
    cache = "page"
    options = ()
    java_home = None

    def _start(self, stack, backing):
        self.bay = Bay(backing / "bay", self.directory / "mnt", self.options, self.java_home)
        stack.enter_context(self.bay)
        self.bay.control(f"create volume {self.volume} size={self.file_bytes} cache={self.cache}")
        self.file = self.bay.volume(self.volume)
        self.pid = self.bay.pid


class JnrCopybay(Copybay):
    """The same through the other transport."""

    name = "copybay-jnr"
    options = ("transport=jnr",)


def on_other_jdks():
    """Copybay on each JDK that is there beside the one that is used as it comes."""
    return [
        type(f"CopybayJdk{release}", (Copybay,), {"name": f"copybay-jdk{release}", "java_home": home})
        for release, home in host.other_jdks()
    ]


class Bay:
    """A new bay, mounted while the context lasts."""

    def __init__(self, path, mount_point, options=(), java_home=None):
        self.path = path
        self.mount_point = mount_point
        self.pid = None
        self._options = ["-o", ",".join(options)] if options else []
        self._environment = {"JAVA_HOME": str(java_home)} if java_home else {}

    def __enter__(self):
        self.mount_point.mkdir()
        host.run([LAUNCHER, "init", self.path], timeout=60)
        self.mount()
        return self

    def __exit__(self, *_error):
        self.unmount()

    def mount(self):
        """Returns the seconds from the start of the command until the volumes can be listed."""
        started = time.monotonic()
        try:
            command = [LAUNCHER, "mount", self.path, self.mount_point, *self._options]
            host.run(command, timeout=60, environment=self._environment)
            os.listdir(self.mount_point / "volumes")
            seconds = time.monotonic() - started
            self.pid = self._daemon()
        except BaseException:
            self.unmount()
            raise
        return seconds

    def unmount(self):
        """Ends the daemon by the product's command, and by force if that does not do it."""
        with contextlib.suppress(BenchError):
            host.run([LAUNCHER, "umount", self.mount_point], timeout=30)
        if self.pid is not None:
            with contextlib.suppress(BenchError):
                host.wait_until(lambda: not _runs(self.pid), 15, "the daemon's end")
            if _runs(self.pid):
                os.kill(self.pid, 9)
            self.pid = None
        host.detach(self.mount_point)

    def control(self, command):
        (self.mount_point / ".control" / "ctl").write_text(command + "\n")

    @contextlib.contextmanager
    def control_file(self):
        """A descriptor to write commands to, for who measures them."""
        descriptor = os.open(self.mount_point / ".control" / "ctl", os.O_RDWR)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def status(self, volume):
        """What `.control` tells of a volume, by key."""
        path = self.mount_point / ".control" / "volumes" / volume / "status"
        return dict(line.split(": ", 1) for line in path.read_text().splitlines())

    def job(self, name):
        return self.mount_point / ".control" / "jobs" / name

    def volume(self, name):
        return self.mount_point / "volumes" / name

    def unit(self, name):
        """The virtual unit of a shadow set."""
        return self.mount_point / "shadow" / name

    def wait(self, job_name, timeout):
        """Waits for a job to end; it must end well."""
        host.run(["cat", self.job(job_name) / "wait"], timeout)

    def _daemon(self):
        """The daemon has the bay's path in its command line, and this bay is ours alone."""
        bay = os.fsencode(self.path)
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if bay in (process / "cmdline").read_bytes().split(b"\0"):
                    return int(process.name)
        raise BenchError(f"no process with {self.path} in its command line")


def sparse(path, size):
    with path.open("wb") as file:
        file.truncate(size)
    return path


def _runs(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _end(process):
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        host.kill_group(process)
