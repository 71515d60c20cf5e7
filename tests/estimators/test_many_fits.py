"""The pool behind bootstrap, folds and selection."""

import threading
import time
import warnings

import pytest

from statsim import blocks
from statsim.errors import FitError, FitWarning
from statsim.estimators.many_fits import map_fits


def slow_square(index):
    time.sleep(0.002 * (7 - index % 7))
    return index**2


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("last_first", [False, True])
def test_answers_come_in_order(threads, last_first):
    assert map_fits(slow_square, 20, description="squares", num_threads=threads, last_first=last_first) == [i**2 for i in range(20)]


def test_tasks_use_one_thread_and_run_no_pools_of_their_own():
    def task(index):
        inner = map_fits(lambda i: threading.get_ident(), 3, description="inner", progress=True)
        return blocks.thread_count(), blocks.thread_count(3), set(inner) == {threading.get_ident()}

    assert map_fits(task, 4, description="outer", num_threads=2) == [(1, 3, True)] * 4
    assert not blocks.is_inside_a_pool()


def test_the_first_error_comes_out_and_the_rest_is_dropped():
    done = []

    def task(index):
        if index == 3:
            raise FitError("the third")
        time.sleep(0.01)
        done.append(index)

    with pytest.raises(FitError, match="the third"):
        map_fits(task, 200, description="failing", num_threads=2)
    assert len(done) < 100


def test_warnings_of_fits_are_kept_back_and_others_are_not():
    def task(index):
        warnings.warn("kept", FitWarning, stacklevel=1)
        return index

    assert map_fits(task, 3, description="warning") == [0, 1, 2]
    with pytest.raises(FitWarning):  # the filters are as they were
        warnings.warn("again", FitWarning, stacklevel=1)


def test_a_bar_is_shown_where_it_is_asked_for(capsys):
    map_fits(slow_square, 30, description="fitting squares", num_threads=1, progress=True)
    shown = capsys.readouterr()
    map_fits(slow_square, 30, description="fitting squares", num_threads=1)
    assert shown.out == "" and capsys.readouterr().err == ""
