"""Numbers as people write them: as many digits as the error allows, ten thousands and more apart, dates as dates."""

import datetime
import math

_DAY = 86_400.0
_EPOCH = datetime.datetime(1970, 1, 1)


def number(value, error=None, *, unit=""):
    """`value` rounded to two digits of its `error` (four significant digits without one).

    Examples
    --------
    >>> number(14310.234, 42.3), number(0.123456), number(19000.2, 1.0, unit="date")
    ('14,310', '0.1235', '2022-01-08')
    """
    if math.isnan(value):
        return "-"
    if unit:
        return _moment(value * (_DAY if unit == "date" else 1.0), unit)
    scale = abs(value) if not error or math.isnan(error) else abs(error) * 100
    if value != 0 and not 1e-4 <= abs(value) < 1e7:
        return f"{value:.3g}"
    places = 3 - math.floor(math.log10(scale)) if scale > 0 else 0
    comma = "," if abs(value) >= 10_000 else ""
    text = f"{value:{comma}.{max(0, min(places, 6))}f}"
    return text.rstrip("0").rstrip(".") if error is None and "." in text else text


def amount(value, *, unit=""):
    """A difference, spread or error, to two digits; days or seconds for dates."""
    if math.isnan(value):
        return "-"
    if unit:
        days = value if unit == "date" else value / _DAY
        return f"{amount(days)} days" if unit == "date" or abs(days) >= 1 else f"{amount(value)} s"
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e7:
        return f"{value:.2g}"
    places = max(0, 1 - math.floor(math.log10(abs(value))))
    comma = "," if abs(value) >= 10_000 else ""
    return f"{value:{comma}.{min(places, 6)}f}"


def percent(share):
    """A share as per cent with sensible digits."""
    if math.isnan(share):
        return "-"
    places = 0 if abs(share) >= 0.0995 else 1 if abs(share) >= 0.00995 or share == 0 else 2
    return f"{100 * share:.{places}f}%" if share else "0%"


def label(text, *, longest=40):
    """A data label in quotes, cut where it is long."""
    text = str(text)
    return f"'{text if len(text) <= longest else text[: longest - 3] + '...'}'"


def _moment(seconds, unit):
    try:
        moment = _EPOCH + datetime.timedelta(seconds=float(seconds))
    except OverflowError:
        return f"{seconds:.3g} s"
    return moment.strftime("%Y-%m-%d" if unit == "date" else "%Y-%m-%d %H:%M")
