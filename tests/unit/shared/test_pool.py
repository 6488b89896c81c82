import ctypes
import os
import time

import pytest

from shared.outcomes import Reason
from shared.transport.pool import Pool, WorkerDied, WorkerTimeout, died_reason


def work(data: bytes) -> bytes:
    match data:
        case b"hang":
            time.sleep(60)
        case b"crash":
            ctypes.string_at(0)
        case b"eat":
            return bytes(4 << 30)[:1]
        case b"raise":
            raise ValueError("as asked")
    return data + b"!" + str(os.getpid()).encode()


def prepare():
    return work


def test_neighbours_of_a_hung_a_crashed_and_a_greedy_document_go_on():
    pool = Pool(prepare, workers=2, deadline_seconds=1.0)
    bad = {name: pool.submit(name) for name in (b"hang", b"crash", b"eat", b"raise")}
    good = [pool.submit(b"%d" % n) for n in range(20)]
    assert [future.result().split(b"!")[0] for future in good] == [b"%d" % n for n in range(20)]
    with pytest.raises(WorkerTimeout):
        bad[b"hang"].result()
    with pytest.raises(WorkerDied) as crashed:
        bad[b"crash"].result()
    assert died_reason(crashed.value) == Reason.CRASHED
    with pytest.raises(WorkerDied) as greedy:
        bad[b"eat"].result()
    assert died_reason(greedy.value) == Reason.OUT_OF_MEMORY
    with pytest.raises(ValueError, match="as asked"):
        bad[b"raise"].result()
    pool.close()


def test_a_worker_is_kept_from_document_to_document():
    pool = Pool(prepare, workers=1, deadline_seconds=5.0)
    assert len({pool.submit(b"x").result() for _ in range(5)}) == 1
    pool.close()


def test_a_worker_is_replaced_after_as_many_documents_as_it_may_do_and_none_is_lost():
    pool = Pool(prepare, workers=1, deadline_seconds=5.0, documents=2)
    workers = [pool.submit(b"x").result().split(b"!")[1] for _ in range(5)]
    assert len(set(workers)) == 3
    assert workers[0] == workers[1] != workers[2] == workers[3] != workers[4]
    pool.close()
