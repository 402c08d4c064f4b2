"""Alerts that nobody hears: those of days long gone."""

from trimtab.desk.watch.outbox import Message

__all__ = ["NobodyChannel"]


class NobodyChannel:
    """Take messages and tell nobody: what a past moment would have said is written down, and no news today."""

    def send(self, message: Message) -> None:
        """Take one message."""
