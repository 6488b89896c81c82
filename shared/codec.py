"""Bytes to message and back: JSON, UTF-8, keys in field order, so that equal messages are equal bytes."""

from functools import cache
from typing import TypeVar

import msgspec

from shared.messages import Message

A = TypeVar("A", bound=Message)
_encoder = msgspec.json.Encoder()


@cache  # one decoder per message type; there are five
def _decoder(message: type[A]) -> msgspec.json.Decoder[A]:
    return msgspec.json.Decoder(message)


def encode(message: Message) -> bytes:
    """The message as it stands on its topic."""
    return _encoder.encode(message)


def decode(data: bytes, message: type[A]) -> A:
    """Reads a message; unknown fields are ignored.

    Raises:
        msgspec.DecodeError: the bytes are no valid message of that type (`ValidationError` included).
    """
    read: A = _decoder(message).decode(data)
    return read
