"""The slow, obvious NUTS: the recursion of the paper on a list of orbit points, with every random choice enumerated.

An orbit is what the integrator makes of one phase point, numbered by time: momenta (m, d) and log joint densities (m,). A
transition is a law over the numbers of the orbit, returned exactly, as a dict.
"""

import numpy as np


def orbit(step, start, momentum, gradient, log_density, reach):
    """Points -reach..reach of the leapfrog orbit through (start, momentum): (positions, momenta, log joints)."""
    forward = _march(step, start, momentum, gradient, reach)
    backward = _march(-step, start, momentum, gradient, reach)
    points = backward[:0:-1] + forward
    y, p = (np.array([point[k] for point in points]) for k in (0, 1))
    return y, p, np.array([log_density(a) - 0.5 * b @ b for a, b in zip(y, p, strict=True)])


def _march(step, y, p, gradient, count):
    points = [(y, p)]
    for _ in range(count):
        p = p + 0.5 * step * gradient(y)
        y = y + step * p
        p = p + 0.5 * step * gradient(y)
        points.append((y, p))
    return points


def is_straight(p, numbers):
    """The criterion across a run of orbit numbers made of two halves, with both checks across the seam."""
    numbers = sorted(numbers)
    half = len(numbers) // 2
    left, right = numbers[:half], numbers[half:]

    def straight(run):
        rho = p[run].sum(axis=0)
        return rho @ p[run[0]] > 0 and rho @ p[run[-1]] > 0

    return straight(numbers) and straight([*left, right[0]]) and straight([left[-1], *right])


def subtree(p, joint, first, direction, depth, limit, look=True):
    """(numbers, law of the proposal) of 2^depth points from `first` on, or None when it turned or diverged."""
    if depth == 0:
        return None if joint[first] < limit else ([first], {first: 1.0})
    near = subtree(p, joint, first, direction, depth - 1, limit, look)
    if near is None:
        return None
    far = subtree(p, joint, first + direction * 2 ** (depth - 1), direction, depth - 1, limit, look)
    if far is None or (look and not is_straight(p, near[0] + far[0])):
        return None
    weights = [np.exp(joint[part[0]]).sum() for part in (near, far)]
    law = {}
    for part, weight in zip((near, far), weights, strict=True):
        for number, chance in part[1].items():
            law[number] = law.get(number, 0.0) + chance * weight / sum(weights)
    return near[0] + far[0], law


def transition(p, joint, origin, max_depth, *, jump=1000.0, biased=True, look=True):
    """The law over orbit numbers of one transition from `origin`.

    `biased` is progressive sampling as published, `look` that subtrees are looked at inside; False breaks the sampler.
    """
    limit = joint[origin] - jump
    law = {}

    def double(numbers, held, depth, chance):
        if depth == max_depth:
            return _add(law, held, chance)
        for direction in (-1, 1):
            edge = max(numbers) + 1 if direction > 0 else min(numbers) - 1
            grown = subtree(p, joint, edge, direction, depth, limit, look)
            if grown is None:
                _add(law, held, chance / 2)
                continue
            old, new = (np.exp(joint[list(part)]).sum() for part in (numbers, grown[0]))
            move = min(1.0, new / old) if biased else 1.0
            mixed = {number: (1 - move) * q for number, q in held.items()}
            _add(mixed, grown[1], move)
            both = numbers + grown[0]
            if is_straight(p, both):
                double(both, mixed, depth + 1, chance / 2)
            else:
                _add(law, mixed, chance / 2)

    double([origin], {origin: 1.0}, 0, 1.0)
    return law


def _add(law, other, chance):
    for number, q in other.items():
        law[number] = law.get(number, 0.0) + chance * q
