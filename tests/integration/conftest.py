"""Fixtures that need a real server."""

from tests.fixtures.streams import broker, bus, kafka, start

__all__ = ["broker", "bus", "kafka", "start"]
