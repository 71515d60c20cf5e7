"""Exit codes and the one line on standard error."""

import os

import click
import pytest

from statsim import errors
from statsim.cli import exits
from statsim.cli.main import cli, run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.OutputError("x"), 3),
        (errors.DataError("x"), 4),
        (errors.FileRefusedError("x"), 5),
        (errors.FitError("x"), 6),
        (errors.ImpossibleConditionError("x"), 6),
        (errors.TooLargeError("x"), 7),
        (MemoryError(), 7),
        (errors.ArgumentError("x"), 2),
        (errors.ArgumentTypeError("x"), 2),
        (click.UsageError("x"), 2),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (BrokenPipeError(), 141),
        (exits.PipeClosedError(), 141),
        (exits.Terminated(), 143),
        (RuntimeError("x"), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_code(error, code):
    assert exits.explain(error)[0] == code


def raising(monkeypatch, error):
    @click.command()
    def broken():
        raise error

    monkeypatch.setitem(cli.commands, "broken", broken)


def test_a_complaint_is_one_line(monkeypatch, statsim):
    raising(monkeypatch, errors.DataError("column 'a'\nis odd"))
    done = statsim("broken")
    assert (done.code, done.out, done.err) == (4, "", "statsim: error: column 'a' is odd\n")


def test_an_unexpected_error_shows_no_traceback_unless_asked(monkeypatch, statsim):
    raising(monkeypatch, ZeroDivisionError("by zero"))
    monkeypatch.delenv("STATSIM_DEBUG", raising=False)
    done = statsim("broken")
    assert done.code == 1 and done.err.count("\n") == 1 and "ZeroDivisionError: by zero" in done.err
    monkeypatch.setenv("STATSIM_DEBUG", "1")
    assert "Traceback" in statsim("broken").err


def test_a_warning_is_one_line(monkeypatch, statsim):
    @click.command()
    def warning():
        import warnings

        warnings.warn("two components\nwere merged", errors.FitWarning, stacklevel=1)

    monkeypatch.setitem(cli.commands, "warning", warning)
    done = statsim("warning")
    assert (done.code, done.err) == (0, "statsim: warning: two components were merged\n")


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        (["nonsense"], "'nonsense'"),
        (["sample", "model.json", "-o", "x.csv", "-n", "1.5"], "'1.5'"),
        (["sample", "model.json", "-o", "x.csv", "-n", "nan"], "'nan'"),
        (["sample", "model.json", "-o", "x.csv", "-n", "1e30"], "'1e30'"),
        (["sample", "model.json", "-o", "x.csv", "-n", "-1"], "-1"),
        (["sample", "model.json", "-o", "x.csv", "--start", "-1"], "-1"),
        (["sample", "model.json", "-o", "x.csv", "-n", "1e18", "--start", "9e18"], "2^63"),
        (["sample", "model.json", "-o", "x.csv", "--seed", "1", "--shard", "0/4"], "'0/4'"),
        (["sample", "model.json", "-o", "x.csv", "--seed", "1", "--shard", "5/4"], "'5/4'"),
        (["sample", "model.json", "-o", "x.csv", "--shard", "1/4"], "--seed"),
        (["sample", "model.json", "-o", "-", "--json"], "--json"),
        (["sample", "model.json"], "'--output'"),
        (["fit", "x.csv", "-o", "m.json", "--components", "0"], "'0'"),
        (["fit", "x.csv", "-o", "m.json", "--missing-value", "-999"], "'-999'"),
        (["fit", "x.csv", "-o", "m.json", "--columns", "a,,b"], "'a,,b'"),
    ],
)
def test_wrong_usage_shows_the_value(statsim, args, shown):
    done = statsim(*args)
    assert done.code == 2 and done.out == ""
    assert done.err.startswith("statsim: error: ") and done.err.count("\n") == 1 and shown in done.err


def test_no_arguments_is_a_call_for_help(statsim):
    done = statsim()
    assert done.code == 0 and "Examples:" in done.out


@pytest.mark.parametrize("command", list(cli.commands))
def test_every_command_has_help_with_an_example(statsim, command):
    done = statsim(command, "--help")
    assert done.code == 0 and "Example" in done.out and f"statsim {command}" in done.out


def test_descriptors_that_are_closed_are_occupied():
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    run(["--version"])
    after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    assert before == after  # nothing is opened when all three are there
