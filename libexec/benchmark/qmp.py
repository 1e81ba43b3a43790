"""Orders to a qemu-storage-daemon that has a monitor on a unix socket."""

import contextlib
import json
import os
import socket

from host import BenchError

ANSWER_SECONDS = 60


@contextlib.contextmanager
def session(path, timeout=ANSWER_SECONDS):
    """A session on that socket, for as long as the context lasts; one at a time."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(os.fspath(path))
        with connection.makefile("rw") as lines:
            lines.readline()  # the greeting
            opened = Session(lines)
            opened.do("qmp_capabilities")
            yield opened


class Session:
    def __init__(self, lines):
        self._lines = lines
        self._events = []

    def do(self, verb, **arguments):
        """`arguments` may have underscores where QMP has hyphens."""
        named = {name.replace("_", "-"): value for name, value in arguments.items()}
        print(json.dumps({"execute": verb, "arguments": named}), file=self._lines, flush=True)
        answer = self._next()
        while "event" in answer:
            self._events.append(answer)
            answer = self._next()
        if "return" not in answer:
            raise BenchError(f"qemu-storage-daemon, {verb}: {answer}")
        return answer["return"]

    def event(self, name):
        """The data of the next event of that name; those before it are forgotten."""
        while True:
            event = self._events.pop(0) if self._events else self._next()
            if event.get("event") == name:
                return event["data"]

    def _next(self):
        line = self._lines.readline()
        if not line:
            raise BenchError("qemu-storage-daemon ended")
        return json.loads(line)
