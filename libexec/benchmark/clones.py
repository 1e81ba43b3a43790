"""The systems that can keep what a file holds at one instant, each in its own way.

Beside what a system of systems.py offers, each can take a point and drop it; `settle` waits for
what it does afterwards on its own.
"""

import contextlib
import fcntl
import os
from pathlib import Path

import host
import qmp
from systems import Bay, System, sparse

FICLONE = 0x40049409
SETTLE_SECONDS = 60


class Clonable(System):
    """Stands on a tmpfs of its own, or in a directory on a disk."""

    def __init__(self, directory, file_bytes, disk=None):
        super().__init__(directory, file_bytes)
        self._disk = disk

    def _backing(self, stack):
        if self._disk is not None:
            return stack.enter_context(host.work_directory(self._disk))
        return stack.enter_context(host.tmpfs(self.directory / "backing", self._room()))

    def _room(self):
        """The file, all of it once more after a point, and what is kept about them."""
        return 3 * self.file_bytes + host.GIB // 2

    def take_point(self, name):
        raise NotImplementedError

    def drop_point(self, name):
        raise NotImplementedError

    def settle(self):
        pass


class Copybay(Clonable):
    """A volume in a bay, through the product's own launcher."""

    name = "copybay"
    volume = "bench"

    def _start(self, stack, backing):
        self.bay = stack.enter_context(Bay(backing / "bay", self.directory / "mnt"))
        self.pid = self.bay.pid
        self.file = add_volume(self.bay, self.volume, self.file_bytes)

    def take_point(self, name):
        self.bay.control(f"freeze volumes={self.volume} name={name}")

    def drop_point(self, name):
        self.bay.control(f"drop point={name}")

    def settle(self):
        settle(self.bay, self.volume)


class Reflink(Clonable):
    """A file on a file system in a loop device, whose clone shares its bytes."""

    make = []

    def _start(self, stack, backing):
        image = sparse(backing / "image", self._room())
        device = stack.enter_context(loop(image))
        host.run([*self.make, device], 60)
        mount_point = self.directory / "mnt"
        mount_point.mkdir()
        host.run(["mount", device, mount_point], 60)
        stack.callback(host.detach, mount_point)
        self.file = sparse(mount_point / "volume", self.file_bytes)

    def take_point(self, name):
        with self.file.open("rb") as source, (self.file.parent / name).open("wb") as clone:
            fcntl.ioctl(clone, FICLONE, source.fileno())
            os.fsync(clone.fileno())

    def drop_point(self, name):
        (self.file.parent / name).unlink()


class Xfs(Reflink):
    name = "xfs"
    make = ["mkfs.xfs", "-q", "-m", "reflink=1"]


class Btrfs(Reflink):
    name = "btrfs"
    make = ["mkfs.btrfs", "-q"]


class Qcow2(Clonable):
    """An image with internal snapshots, exported by qemu-storage-daemon as one FUSE file."""

    name = "qcow2"

    def _start(self, stack, backing):
        image = backing / "image"
        host.run(["qemu-img", "create", "-q", "-f", "qcow2", image, str(self.file_bytes)], 60)
        self.file = self.directory / "volume"
        self.file.touch()
        self._socket = self.directory / "qmp"
        command = [
            "qemu-storage-daemon",
            *("--chardev", f"socket,path={self._socket},server=on,wait=off,id=c0"),
            *("--monitor", "chardev=c0"),
            *("--blockdev", f"file,node-name=f0,filename={image}"),
            *("--blockdev", "qcow2,node-name=n0,file=f0"),
            *("--export", f"fuse,id=e0,node-name=n0,mountpoint={self.file},writable=on"),
        ]
        self._start_daemon(stack, command, self.file)

    def take_point(self, name):
        self._command("blockdev-snapshot-internal-sync", device="n0", name=name)

    def drop_point(self, name):
        self._command("blockdev-snapshot-delete-internal-sync", device="n0", name=name)

    def _command(self, verb, **arguments):
        with qmp.session(self._socket) as session:
            session.do(verb, **arguments)


class NewFile(Clonable):
    """A file, and instead of a point another, empty one: the cost of new space, and of no more."""

    name = "new file"

    def _start(self, stack, backing):
        self.file = sparse(backing / "image", self.file_bytes)

    def take_point(self, name):
        self.file.rename(self.file.parent / name)
        sparse(self.file, self.file_bytes)

    def drop_point(self, name):
        (self.file.parent / name).rename(self.file)


def add_volume(bay, name, size):
    bay.control(f"create volume {name} size={size}")
    return bay.volume(name)


def settle(bay, volume):
    """Waits until the volume has no point and is a plain file again."""
    directory = Path(bay.status(volume)["path"]).parent

    def settled():
        return bay.status(volume)["away_bytes"] == "0" and not (directory / "engine").exists()

    host.wait_until(settled, SETTLE_SECONDS, f"settling of {volume}")


@contextlib.contextmanager
def loop(image):
    """The name of a loop device over an image, for as long as the context lasts."""
    command = ["losetup", "--find", "--show", "--direct-io=on", image]
    device = host.run(command, 20).strip()
    try:
        yield device
    finally:
        host.run(["losetup", "--detach", device], 20)
