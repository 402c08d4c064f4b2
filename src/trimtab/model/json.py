"""What JSON can say, as types: what a journal keeps, a settings file holds and a document shows."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

__all__ = ["Json", "JsonObject"]

#: Null, a truth value, a number, a text, a list or an object. Written so that it can be read at run time as well.
Json: TypeAlias = Union[bool, int, float, str, "Sequence[Json]", "Mapping[str, Json]", None]
#: An object whose keys nobody has looked at yet: whoever reads it says what must stand there.
JsonObject: TypeAlias = Mapping[str, Json]
