"""The limit on BLAS threads: inside it holds, afterwards the user's setting is back, whatever overlaps."""

import threading

import numpy as np  # noqa: F401  (its BLAS is what is limited)
import threadpoolctl

from statsim.samplers.chains.one_blas_thread import one_blas_thread


def threads():
    return [pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]


def test_one_inside_and_the_users_number_afterwards():
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        before = threads()
        with one_blas_thread():
            assert set(threads()) == {1}
            with one_blas_thread():
                assert set(threads()) == {1}
            assert set(threads()) == {1}
        assert threads() == before


def test_chains_that_overlap_leave_nothing_behind():
    before, barrier = threads(), threading.Barrier(8)

    def work(number):
        barrier.wait()
        for _ in range(50):
            with one_blas_thread():
                pass

    workers = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert threads() == before


def test_an_error_lifts_the_limit():
    before = threads()
    try:
        with one_blas_thread():
            raise ValueError
    except ValueError:
        pass
    assert threads() == before
