"""A channel that cannot be used yet, and says why: its messages wait, and the other channels work."""

from trimtab.desk.watch.outbox import DeliveryError, Message
from trimtab.errors import TrimtabError

__all__ = ["UnreadyChannel"]


class UnreadyChannel:
    """Refuse messages with the reason why the channel could not be set up.

    Parameters
    ----------
    why
        What went wrong; its text holds no secret.
    """

    def __init__(self, why: TrimtabError) -> None:
        self._why = why

    def send(self, message: Message) -> None:  # noqa: ARG002 - a channel takes a message
        """Refuse.

        Raises
        ------
        DeliveryError
            Always.
        """
        raise DeliveryError(
            expected=self._why.expected, found=f"not set up: {self._why.found}", try_next=self._why.try_next
        )
