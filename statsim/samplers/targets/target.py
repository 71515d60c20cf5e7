"""A target: an unnormalised log density over a support, with or without its gradient."""

import warnings

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerWarning, TargetError
from statsim.model import Model
from statsim.samplers.targets.compilation import LOCK, Data, c_function, is_compilable, own_data
from statsim.samplers.targets.interpretation import address_of, c_callback, raise_interruption
from statsim.samplers.supports import support_tables
from statsim.samplers.targets.signatures import check_arity, checked_functions, checked_names, fills_buffer

_PARALLEL_HINT = (
    "{name} is a plain Python function and is interpreted at every call; decorate it with @numba.njit (arrays and numbers "
    "only) to make it tens of times faster. Target(..., interpreted=True) says that this is meant"
)


class Target:
    r"""An unnormalised log density :math:`\log p(x)`, what every sampler draws from.

    Parameters
    ----------
    log_density : callable, optional
        ``log_density(x, *data)`` returns a float; minus infinity outside the support. `x` is a float64 array (dim,).
        A Numba function (``@numba.njit``) is called at full speed; a plain Python function works, slower.
    gradient : callable, optional
        ``gradient(x, *data)`` returns the gradient of the log density, (dim,); or ``gradient(x, out, *data)`` writes it
        into `out`.
    value_and_gradient : callable, optional
        ``value_and_gradient(x, out, *data)`` writes the gradient into `out` and returns the log density. Instead of, or in
        addition to, the other two; one pass over the data is often twice as fast.
    dim : int
        Number of coordinates of x.
    data : sequence of arrays and numbers
        Further arguments. They are not compiled in: `with_data` gives the same target with other data, at no cost.
    support : set or sequence of sets of `statsim.samplers.supports`, optional
        Where x lies, when not everywhere: ``[Real(8), Real(), Positive()]``. Samplers that need it move in unconstrained
        coordinates, and the log-Jacobian is added for you.
    names : sequence of str, optional
        One name per coordinate; default ``x[0]``, ``x[1]``, ...
    interpreted : bool
        Silence the warning that a plain Python function is slow.

    Raises
    ------
    ArgumentError, ArgumentTypeError

    Examples
    --------
    >>> import numba
    >>> @numba.njit
    ... def log_density(x, scale):
    ...     return -0.5 * (x[0] / scale) ** 2
    >>> target = Target(log_density, dim=1, data=[2.0])
    >>> target.log_density([2.0])
    -0.5
    """

    def __init__(
        self, log_density=None, gradient=None, *, value_and_gradient=None, dim, data=(), support=None, names=None, interpreted=False
    ):
        self.dim = checks.integer(dim, "dim", minimum=1)
        self.support = support
        self.names = checked_names(names, self.dim)
        self._functions = checked_functions(log_density, gradient, value_and_gradient)
        self._tables = support_tables(support, self.dim)
        self._interpreted = bool(interpreted)
        self._set_data(data)

    def _set_data(self, data):
        if isinstance(data, (str, bytes, dict)) or not hasattr(data, "__iter__"):
            raise ArgumentTypeError(f"data must be a sequence of arrays and numbers, got {type(data).__name__}; write data=[data]")
        data = list(data)
        check_arity(self._functions, len(data))
        plain = not all(is_compilable(f) for f in self._functions.values() if f is not None)
        self._data = own_data(data) if plain else Data(data, self.dim)
        self._plain = plain
        self._addresses = None  # made when first asked for: compiling takes a moment

    # ------------------------------------------------------------ what it is

    @property
    def data(self):
        """The data, as given."""
        return self._data if self._plain else self._data.values

    @property
    def unconstrained_dim(self):
        """Number of unconstrained reals that samplers move in."""
        return self._tables[3]

    @property
    def bounds(self):
        """Lowest and highest value of each coordinate, two arrays (dim,), infinite where the support sets none."""
        return self._tables[1].copy(), self._tables[2].copy()

    @property
    def has_gradient(self):
        """True when gradient-based samplers can be used."""
        return self._functions["gradient"] is not None or self._functions["value_and_gradient"] is not None

    def with_data(self, *data):
        """The same target with other data; nothing is compiled again when their types are the same."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._set_data(data)
        return other

    def __repr__(self):
        shown = next(f.__name__ for f in self._functions.values() if f is not None)
        return f"Target({shown}, dim={self.dim}, gradient={'yes' if self.has_gradient else 'no'})"

    # ------------------------------------------------------------ values at points

    def log_density(self, x):
        """Log density at x (dim,), a float, or at each row of x (n, dim), an array (n,).

        Raises
        ------
        TargetError
            When it is NaN, plus infinity or raises, with the point.
        """
        points = np.atleast_2d(np.array(x, np.float64, order="C"))  # a copy: nothing of the caller's is handed out
        if points.shape[-1] != self.dim or points.ndim > 2:
            raise ArgumentError(f"x must have {self.dim} coordinates, got shape {np.shape(x)}")
        from statsim.kernels.targets.evaluate import evaluate_points

        values = np.empty(len(points))
        evaluate_points(self.context(), points, values)
        bad = np.flatnonzero(~(values < np.inf))
        if bad.size:
            raise self.error_at(points[bad[0]])
        return float(values[0]) if np.ndim(x) == 1 else values

    def gradient(self, x):
        """Gradient (dim,) of the log density at x (dim,)."""
        return self.value_and_gradient(x)[1]

    def value_and_gradient(self, x):
        """Log density, a float, and its gradient (dim,), at x (dim,)."""
        from statsim.kernels.targets.call import call_by_address

        self.require_gradient("value_and_gradient")
        point = np.array(x, np.float64)
        if point.shape != (self.dim,):
            raise ArgumentError(f"x must have shape ({self.dim},), got {point.shape}")
        context, slopes = self.context(), np.full(self.dim, np.nan)
        value = float(_call(call_by_address)(context[1], point, slopes, context[2]))
        if not value < np.inf or np.isnan(slopes).any() and np.isfinite(value):
            raise self.error_at(point)
        return value, slopes

    def constrain(self, y):
        """The point x (dim,) of unconstrained reals y."""
        from statsim.kernels.targets.transforms import constrain

        blocks, low, high, size = self._tables
        y = np.ascontiguousarray(y, np.float64)
        if not len(blocks):
            return y.copy()
        x = np.empty(self.dim)
        constrain(blocks, low, high, y, x)
        return x

    def unconstrain(self, x, name="x"):
        """The unconstrained reals y of a point x (dim,) inside the support."""
        from statsim.kernels.targets.transforms import is_inside, unconstrain

        blocks, low, high, size = self._tables
        point = np.ascontiguousarray(x, np.float64)
        if point.shape != (self.dim,) or not np.isfinite(point).all():
            raise ArgumentError(f"{name} must be {self.dim} finite numbers, got {_shown(point)}")
        if not len(blocks):
            return point.copy()
        if not is_inside(blocks, low, high, point):
            raise ArgumentError(f"{name} must lie inside the support {self.support!r}, got {_shown(point)}")
        y = np.empty(size)
        unconstrain(blocks, low, high, point, y)
        return y

    # ------------------------------------------------------------ for samplers

    def draw_start(self, random):
        """A place to begin at, unconstrained (reals,), from the stream `random`."""
        from statsim.samplers.chains.chain import uniform_start

        return uniform_start(random, self.unconstrained_dim)

    def placed(self, initial):
        """`initial`, where a user wants chains to begin, in the coordinates of this target."""
        return initial

    def shown(self, draws):
        """`draws` of this target in the coordinates that a user sees; a subclass may move in others."""
        return draws

    log_volume = 0.0
    """Log determinant of the change to those others, where it is constant and left out of the density."""

    def shown_rows(self, rows):
        """`shown` of plain points (n, dim); `placed` is its inverse."""
        return rows

    def require_gradient(self, who):
        """Raise when there is no gradient."""
        if not self.has_gradient:
            raise ArgumentError(
                f"{who} needs the gradient of the log density, and this target has none; give Target(..., gradient=...), "
                f"make one with Target.from_jax(f, dim=...), or use a method without gradients: RandomWalk() or Slice()"
            )

    def context(self):
        """What kernels take (see `statsim.kernels.targets.evaluate`), with working memory of its own: one for each thread.

        It holds addresses: the target must outlive it.
        """
        with LOCK:
            if self._addresses is None:
                self._addresses = self._make_addresses()
        from statsim.kernels.targets.transform_calls import transform_frame

        blocks, low, high, size = self._tables
        value, both = self._addresses[:2]
        table = np.array([self.dim], np.int64) if self._plain else self._data.table
        scratch = np.empty((2, self.dim))
        return value, both, table, blocks, low, high, scratch, transform_frame(blocks, low, high, size, scratch)

    def _make_addresses(self):
        """Addresses of the value and of value with gradient (0 where there is none), and what keeps them valid."""
        if self._plain:
            if not self._interpreted:
                _hint_once(self)
            callbacks = [c_callback(self._python_value, self.dim, self._data)]
            if self.has_gradient:
                callbacks.append(c_callback(self._python_value_and_gradient, self.dim, self._data))
            addresses = [address_of(callback) for callback in callbacks]
        else:
            callbacks = self._compiled_functions()
            addresses = [function.address for function in callbacks]
        return addresses[0], addresses[1] if len(addresses) > 1 else 0, callbacks

    def _compiled_functions(self):
        """The C functions: value, and where there is a gradient, value with gradient."""
        f, g, fg = (self._functions[name] for name in ("log_density", "gradient", "value_and_gradient"))
        if fg is not None:
            both = c_function((fg,), "value, fills gradient", self._data)
            return [c_function((f,), "value", self._data) if f is not None else both, both]
        value = c_function((f,), "value", self._data)
        if g is None:
            return [value]
        form = "value; fills gradient" if fills_buffer(g, len(self.data)) else "value; returns gradient"
        return [value, c_function((f, g), form, self._data)]

    # ------------------------------------------------------------ interpreted: plain functions, and the words of an error

    def _python_value(self, x, gradient):
        f = self._functions["log_density"]
        return f(x, *self.data) if f is not None else self._functions["value_and_gradient"](x, gradient, *self.data)

    def _python_value_and_gradient(self, x, gradient):
        f, g, fg = (self._functions[name] for name in ("log_density", "gradient", "value_and_gradient"))
        if fg is not None:
            return fg(x, gradient, *self.data)
        if fills_buffer(g, len(self.data)):
            g(x, gradient, *self.data)
        else:
            slopes = np.asarray(g(x, *self.data), np.float64)
            if slopes.shape != (self.dim,):
                raise ValueError(f"the gradient has shape {slopes.shape}, expected ({self.dim},)")
            gradient[:] = slopes
        return f(x, *self.data)

    def error_at(self, x, where=""):
        """The error that says what is wrong with the target at x: what it raised, or the value that it returned."""
        raise_interruption()
        gradient = np.full(self.dim, np.nan)
        point = np.array(x, np.float64)
        at = f"at x = {_shown(point)}{where}"
        try:
            value = (self._python_value_and_gradient if self.has_gradient else self._python_value)(point, gradient)
        except Exception as raised:
            advice = "; outside its support a log density returns -inf" if isinstance(raised, (ArithmeticError, ValueError)) else ""
            error = TargetError(f"the target raised {type(raised).__name__}: {raised} {at}{advice}")
            error.__cause__ = raised
            return error
        if np.ndim(value) or not isinstance(value, (int, float, np.number)):
            return TargetError(f"the log density returned {value!r:.80} of type {type(value).__name__} {at}; it must return one float")
        value = float(value)
        if self.has_gradient and np.isfinite(value) and not np.isfinite(gradient).all():
            bad = np.flatnonzero(~np.isfinite(gradient))
            name, shown = self.names[bad[0]], gradient[bad[0]]
            hint = "; it must write every coordinate, not add to what stands there" if np.isnan(shown) else ""
            return TargetError(f"the gradient is {shown} for coordinate {name} {at}, where the log density is {value!r}{hint}")
        return TargetError(f"the log density is {value!r} {at}; it must be finite, or -inf outside the support")

    # ------------------------------------------------------------ other sources

    def check_gradient(self, x=None, *, rng=0, points=5, rtol=1e-4):
        """Compare the gradient with central differences; see `statsim.samplers.targets.gradient_check`.

        Raises
        ------
        TargetError
            Naming the coordinate that differs most, with both values; "has the wrong sign" where it does.
        """
        from statsim.samplers.targets.gradient_check import check_gradient

        return check_gradient(self, x, rng=rng, points=points, rtol=rtol)

    @classmethod
    def from_jax(cls, function, *, dim, data=(), support=None, names=None):
        """A target from a function written in JAX: value and gradient by automatic differentiation, in float64.

        Raises
        ------
        ArgumentError
            When JAX is not installed.
        """
        from statsim.samplers.targets.jax_target import value_and_gradient_of

        return cls(value_and_gradient=value_and_gradient_of(function), dim=dim, data=data, support=support, names=names, interpreted=True)


def as_target(target, *, initial=None):
    """`target` as a Target: itself, that of a model, or that of a function whose dimension `initial` tells.

    Raises
    ------
    ArgumentTypeError
    """
    if isinstance(target, Target):
        return target
    if hasattr(target, "to_target"):
        return target.to_target()
    if isinstance(target, Model):
        raise ArgumentTypeError(
            f"{type(target).__name__} has no log density over real coordinates that a sampler could move in; draw from it "
            f"directly, model.sample(n), or give a Target, or a model with to_target() such as GaussianMixture"
        )
    if callable(target) and initial is not None:
        return Target(target, dim=np.shape(initial)[-1])
    if callable(target):
        raise ArgumentTypeError(f"the number of coordinates of {target!r} is not known; use Target(f, dim=...) or give initial=")
    raise ArgumentTypeError(f"target must be a Target, a model with a density, or a function, got {target!r} of type {type(target).__name__}")


def _call(call_by_address):
    """`call_by_address` as a function that Python can call."""
    import numba

    if numba.config.DISABLE_JIT:
        return call_by_address
    from statsim.kernels.targets.evaluate import call_value_and_gradient

    return call_value_and_gradient


def _shown(point):
    """A point in a message: all of a short one, the ends of a long one."""
    return np.array2string(np.asarray(point), threshold=12, edgeitems=4, precision=6, max_line_width=200)


_hinted = set()


def _hint_once(target):
    name = next(f for f in target._functions.values() if f is not None)
    name = getattr(name, "__name__", "the log density")
    if name not in _hinted:
        _hinted.add(name)
        warnings.warn(_PARALLEL_HINT.format(name=name), SamplerWarning, stacklevel=5)
