"""The version, for whatever writes it down."""

__all__ = ["VERSION"]

VERSION = "0.1.0"
