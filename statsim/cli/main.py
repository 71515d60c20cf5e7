"""The console script: runs a command and turns whatever happens into an exit code and at most one line of complaint."""

import os
import sys
import warnings

import click

from statsim import __version__
from statsim.cli import exits, signals, streams
from statsim.cli.demo import demo
from statsim.cli.fit import fit
from statsim.cli.inspect import inspect
from statsim.cli.models import models
from statsim.cli.report import report
from statsim.cli.sample import sample
from statsim.errors import StatsimWarning


class Commands(click.Group):
    """A group that lists its commands in the order they are used."""

    def list_commands(self, ctx):
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="statsim")
def cli():
    """Fit a model to a table, draw as many synthetic rows as you like, and see how close they come.

    \b
    Examples:
      statsim demo                                      everything once, on a small table
      statsim fit people.csv -o model.json              learn a model
      statsim inspect model.json                        read what it holds
      statsim sample model.json -n 1e6 --seed 7 -o rows.parquet
      statsim report people.csv rows.parquet -o report.html

    Exit codes: 0 done, 2 usage, 3 output cannot be written, 4 bad data, 5 model file refused, 6 no fit or an impossible
    condition, 7 too large, 130/143/141 interrupted, terminated, nobody reads the output.
    """


for command in (demo, fit, sample, report, inspect, models):
    cli.add_command(command)


def main(args=None):
    """Run and exit; the entry point of the console script."""
    if "_STATSIM_COMPLETE" in os.environ:
        cli.main(args, prog_name="statsim")
    sys.exit(int(signals.interruptible(lambda: run(args))))


def run(args=None):
    """Run a command line and return its exit code."""
    streams.occupy_closed_descriptors()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warn
            warnings.simplefilter("always", StatsimWarning)
            _invoke(sys.argv[1:] if args is None else list(args))
            if sys.stdout is not None:
                with streams.standard_output():
                    pass
    except BaseException as error:
        code, message = exits.explain(error)
        if message is not None:
            exits.show_traceback()
            exits.complain(message)
        if code in (exits.Exit.OUTPUT, exits.Exit.PIPE_CLOSED):
            streams.abandon_standard_output()
        return code
    return exits.Exit.OK


def _invoke(args):
    with cli.make_context("statsim", args or ["--help"]) as context:
        cli.invoke(context)


def _warn(message, category, filename, lineno, file=None, line=None):
    if sys.stderr is not None:
        click.echo(f"statsim: warning: {' '.join(str(message).split())}", err=True)
