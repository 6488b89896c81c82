"""A fetcher killed again and again while articles appear: each reaches the outbox, once; nobody is asked too often."""

from tests.fixtures.killed_fetcher import kill_and_account


async def test_kills_lose_nothing_and_double_nothing(world):
    """The short form; `make faults` runs the long one."""
    await kill_and_account(
        world, articles=40, per_second=8, kills=6, lives=(0.6, 1.6), interval=0.5, delay=0.02, seed=7, patience=60
    )
