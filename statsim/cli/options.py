"""What a value on the command line may look like."""

import decimal
import re

import click


class Rows(click.ParamType):
    """A whole number, also written 1e7 or 10_000_000."""

    name = "rows"

    def convert(self, value, param, ctx):
        if isinstance(value, int):
            return value
        try:
            number = decimal.Decimal(value)
            if number.is_finite() and abs(number) < 10**19 and number == number.to_integral_value():
                return int(number)
        except decimal.InvalidOperation:
            pass
        self.fail(f"{value!r} is not a whole number below 10^19; write 1500000, 1_500_000 or 1.5e6", param, ctx)


class Shard(click.ParamType):
    """I/N: the I-th of N parts, counted from 1."""

    name = "I/N"

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", value)
        if match is None:
            self.fail(f"{value!r} is not a shard; write I/N, for instance 2/8 for the second of eight parts", param, ctx)
        index, count = int(match[1]), int(match[2])
        if not 1 <= index <= count:
            self.fail(f"{value!r} is not a shard; shards of {count} are numbered from 1/{count} to {count}/{count}", param, ctx)
        return index, count


class Components(click.ParamType):
    """A number of components, or `auto`."""

    name = "auto|N"

    def convert(self, value, param, ctx):
        if value == "auto" or isinstance(value, int):
            return value
        if not re.fullmatch(r"\d{1,6}", value) or int(value) < 1:
            self.fail(f"{value!r} is not a number of components; write auto or a number from 1", param, ctx)
        return int(value)


class Cell(click.ParamType):
    """COLUMN=VALUE; the first = separates."""

    name = "COLUMN=VALUE"

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        column, sign, cell = value.partition("=")
        if not sign or not column:
            self.fail(f"{value!r} does not name a column and a value; write COLUMN=VALUE", param, ctx)
        return column, cell


class Names(click.ParamType):
    """Column names with commas between; a name with a comma in it is put in double quotes."""

    name = "a,b"

    def convert(self, value, param, ctx):
        if isinstance(value, tuple):
            return value
        import csv

        names = tuple(next(csv.reader([value], skipinitialspace=True), ()))
        if not names or not all(names):
            self.fail(f"{value!r} does not name columns; write them with commas between: a,b", param, ctx)
        return names


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
force_option = click.option("--force", is_flag=True, help="Replace an output file that exists.")
max_bytes_option = click.option(
    "--max-bytes", type=Rows(), metavar="BYTES", help="Refuse tables that take more memory.  [default: half of the machine's]"
)
delimiter_option = click.option("--delimiter", help="Of CSV files.  [default: a comma; a tab for .tsv]")
