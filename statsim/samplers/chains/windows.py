"""The stages of warm-up: Stan's windows.

Stan Reference Manual, "Automatic parameter tuning": a fast stage (75 iterations) finds the typical set, slow windows (25, then
doubling) learn the metric, each from its own draws, and a last fast stage (50) settles the step. Short warm-ups shrink the
stages to 15 %, 75 % and 10 %; below 20 iterations only the step is adapted.
"""

FIRST, SLOW, LAST = 75, 25, 50


def stages(warmup):
    """(end of the first stage, ends of the slow windows) of a warm-up of `warmup` iterations.

    Examples
    --------
    >>> stages(1000)
    (75, [100, 150, 250, 450, 950])
    """
    if warmup < 20:
        return warmup, []
    first, slow, last = FIRST, SLOW, LAST
    if warmup < first + slow + last:
        first, last = int(0.15 * warmup), int(0.1 * warmup)
        slow = warmup - first - last
    ends, end = [], first
    while end < warmup - last:
        remaining = warmup - last - end
        if slow > remaining or remaining < 3 * slow:
            slow = remaining  # the next window would not fit: this one takes its place
        end += slow
        ends.append(end)
        slow *= 2
    return first, ends
