"""The guide says what the program does."""

import re
from pathlib import Path

from statsim.cli.exits import Exit
from statsim.cli.main import cli

GUIDE = Path(__file__).parents[2] / "docs" / "guide"


def test_every_exit_code_is_documented():
    rows = re.findall(r"^\| (\d+) \|", (GUIDE / "exit_codes.md").read_text(), flags=re.MULTILINE)
    assert [int(code) for code in rows] == sorted(Exit)


def test_every_option_in_the_guide_exists():
    known = {name for command in cli.commands.values() for parameter in command.params for name in parameter.opts} | {"--help"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", (GUIDE / "command_line.md").read_text()))
    assert named - known == set() and {"--seed", "--shard", "--formula-policy", "--min-count"} <= named


def test_every_command_is_in_the_guide():
    text = (GUIDE / "command_line.md").read_text()
    assert all(f"statsim {name}" in text for name in cli.commands)
