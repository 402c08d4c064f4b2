"""Alerts in a file: one JSON object a line, on the disk before it counts as delivered."""

import json
import os
from pathlib import Path

from trimtab.desk.watch.outbox import DeliveryError, Message

__all__ = ["FileChannel"]


class FileChannel:
    """Append messages to a file.

    Parameters
    ----------
    path
        The file; it and its folder are made when first needed.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def send(self, message: Message) -> None:
        """Append one message, and wait until the disk has it.

        Raises
        ------
        DeliveryError
            If the file cannot be written.
        """
        line = json.dumps(message.to_json(), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Opened anew each time: a log that was moved away by a rotation is not written to any more.
            with self._path.open("a+b", buffering=0) as file:
                if _is_torn(file.fileno()):
                    # The disk was full once: what was left of a line then stays a line of its own.
                    line = b"\n" + line
                if file.write(line) != len(line):
                    raise DeliveryError(
                        expected="room for a line", found="a disk that is full", try_next="make room on it"
                    )
                os.fsync(file.fileno())
        except OSError as error:
            raise DeliveryError(
                expected="a file that can be written",
                found=f"{error.strerror or type(error).__name__} at {self._path}",
                try_next="check the path and the room on its disk",
            ) from None


def _is_torn(descriptor: int) -> bool:
    """Tell whether a file ends in the middle of a line."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
