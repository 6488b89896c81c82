"""Fifty times SIGKILL at random while two thousand articles appear."""

from tests.fixtures.killed_fetcher import kill_and_account


async def test_fifty_kills_lose_nothing_and_double_nothing(world):
    await kill_and_account(
        world, articles=2000, per_second=40, kills=50, lives=(0.5, 4.0), interval=2.0, delay=0.01, seed=2026,
        patience=240,
    )  # fmt: skip
