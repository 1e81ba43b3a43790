"""The peer of a minicopy: qemu-storage-daemon, a dirty bitmap and an incremental backup."""

import contextlib
import os
import shutil
import subprocess
import time

import host
import qmp
import sets
from host import BenchError
from systems import sparse

GRANULARITY = 65536
PROGRAMS = ("qemu-storage-daemon", "qemu-io")
TIMEOUT = 600


def missing():
    """Which of the programs are not there."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Backup:
    """A raw file that is written over NBD, and its raw backup, which follows by a dirty bitmap."""

    def __init__(self, directory, size):
        self.pid = None
        self.files = [directory / "qemu-source", directory / "qemu-target"]
        self._directory = directory
        self._size = size
        self._sockets = {name: directory / f"{name}.sock" for name in ("qmp", "nbd")}
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for file in self.files:
                host.write_random(sparse(file, self._size), self._size)
            host.run(["cp", *self.files], TIMEOUT)  # the same bytes
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def _start(self, stack):
        nodes = []
        for number, file in enumerate(self.files):
            nodes += ["--blockdev", f"file,node-name=f{number},filename={file}"]
            nodes += ["--blockdev", f"raw,node-name=n{number},file=f{number}"]
        command = [
            "qemu-storage-daemon",
            *("--chardev", f"socket,path={self._sockets['qmp']},server=on,wait=off,id=c0"),
            *("--monitor", "chardev=c0"),
            *nodes,
            *("--nbd-server", f"addr.type=unix,addr.path={self._sockets['nbd']}"),
            *("--export", "nbd,id=e0,node-name=n0,name=n0,writable=on"),
        ]
        log = stack.enter_context((self._directory / "qemu-log").open("w+"))
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        stack.callback(host.kill_group, process)

        def up():
            if process.poll() is not None:
                raise BenchError(f"qemu-storage-daemon ended: {log.read()}")
            return all(path.exists() for path in self._sockets.values())

        host.wait_until(up, 10, "sockets of qemu-storage-daemon")
        self.pid = process.pid
        self._qmp = stack.enter_context(qmp.session(self._sockets["qmp"], TIMEOUT))
        self._qmp.do("block-dirty-bitmap-add", node="n0", name="b0", granularity=GRANULARITY)

    def write(self, extents):
        """The same places as in the set, through its NBD export."""
        source = self._directory / "qemu-bytes"
        orders = []
        for offset, length in extents:
            orders.append(f"write -q -s {source} {offset} {length}")
        source.write_bytes(os.urandom(max(length for _, length in extents)))
        orders += ["flush", "quit"]
        export = f"nbd+unix:///n0?socket={self._sockets['nbd']}"
        done = subprocess.run(
            ["qemu-io", "-f", "raw", export],
            input="\n".join(orders) + "\n",
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        if done.returncode != 0 or "failed" in done.stdout + done.stderr:
            raise BenchError(f"qemu-io: {done.stdout[-200:]} {done.stderr[-500:]}")

    def run(self, full=False):
        """Returns the bytes that the backup moved and the seconds until they are on the disk."""
        bitmap = {"sync": "bitmap", "bitmap": "b0", "bitmap_mode": "on-success"}
        started = time.monotonic()
        self._qmp.do(
            "blockdev-backup",
            job_id="backup",
            device="n0",
            target="n1",
            **({"sync": "full"} if full else bitmap),
        )
        ended = self._qmp.event("BLOCK_JOB_COMPLETED")
        with sets.open_file(self.files[1], os.O_RDONLY) as target:
            os.fdatasync(target)
        seconds = time.monotonic() - started
        if "error" in ended:
            raise BenchError(f"blockdev-backup: {ended}")
        return ended["offset"], seconds

    def compare(self):
        host.run(["cmp", *self.files], TIMEOUT)
