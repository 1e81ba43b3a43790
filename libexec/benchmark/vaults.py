"""A safeguarded session in a bay, and the commands for it."""

import os

import clones


class Session:
    """A session of new volumes, which takes a backup at any time."""

    def __init__(self, bay, name, volumes, size):
        self.bay = bay
        self.name = name
        self.files = [clones.add_volume(bay, volume, size) for volume in volumes]
        bay.control(f"safeguarded create session={name}")
        bay.control(f"safeguarded add session={name} volume={','.join(volumes)}")
        bay.control(f"safeguarded set session={name} minimum_interval=0")

    @property
    def directory(self):
        """Its control files."""
        return self.bay.mount_point / ".control" / "safeguard" / self.name

    @property
    def shown(self):
        """Where the mount shows its backups."""
        return self.bay.mount_point / "backups" / self.name

    def backup(self, control):
        """Makes one, by a descriptor of the control file."""
        os.write(control, f"safeguarded backup session={self.name}\n".encode())

    def ids(self):
        return sorted(int(name) for name in os.listdir(self.shown))

    def expire(self, backup, count, control):
        """Removes that one and all that are older, which are so many."""
        words = f"session={self.name} backup={backup} confirm={count}"
        os.write(control, f"safeguarded expire {words}\n".encode())

    def used_bytes(self):
        """What lies beside the homes of its volumes."""
        lines = (self.directory / "status").read_text().splitlines()
        return int(dict(line.split(": ", 1) for line in lines)["used_bytes"])
