"""Commands run in this process, with what they printed and their exit code."""

import json
from dataclasses import dataclass

import pytest

from statsim.cli.main import run


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def statsim(capfd):
    """Run `statsim ARGUMENTS...` and return its exit code and output."""

    def call(*args):
        capfd.readouterr()
        code = run([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return Done(int(code), out, err)

    return call
