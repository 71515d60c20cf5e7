"""SIGKILL at 200 random moments of chains with checkpoints; the seed is printed by the command that runs this."""

import os
import shutil
import time

import numpy as np
from numpy.testing import assert_array_equal

from statsim.samplers.draws.draws import Draws
from tests.samplers.test_interruption import begin, contents

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])
KILLS, IN_A_ROW = 200, 4


def finished(folder):
    """A run to its end: how long it took after it had begun, its draws, the files of its checkpoint."""
    process = begin("compiled", folder / "draws", folder / "checkpoint")
    began = time.monotonic()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return time.monotonic() - began, Draws.load(folder / "draws"), contents(folder / "checkpoint")


def test_any_moment(tmp_path):
    """Runs killed up to four times in a row, then let go on to their end, leave the bytes of a run that nothing stopped."""
    rng = np.random.default_rng(ENTROPY)
    finished(_made(tmp_path / "compiles"))
    seconds, whole, files = finished(_made(tmp_path / "whole"))
    early = 0
    for trial in range(KILLS // IN_A_ROW):
        folder = _made(tmp_path / str(trial))
        for moment in rng.uniform(0.0, seconds, IN_A_ROW):
            process = begin("compiled", folder / "draws", folder / "checkpoint")
            time.sleep(moment)
            early += process.poll() is None
            process.kill()
            process.communicate()
            (folder / "draws").unlink(missing_ok=True)
        _, draws, left = finished(folder)
        assert_array_equal(draws.values, whole.values)
        assert all((draws.stats[name] == whole.stats[name]).all() for name in whole.stats)
        assert left == files
        shutil.rmtree(folder)
    print(f"\n{KILLS} kills, {early} before the run had ended by itself")
    assert early > KILLS // 2


def _made(folder):
    folder.mkdir()
    return folder
