"""Value and gradient of a function written in JAX, in float64, as a plain Python function that fills a buffer."""

from statsim.errors import ArgumentError


def value_and_gradient_of(function):
    """`f(x, out, *data)` from the JAX function `function(x, *data)`: compiled by JAX, called through the interpreter.

    Raises
    ------
    ArgumentError
        When JAX is not installed.
    """
    try:
        import jax
    except ImportError as error:
        raise ArgumentError("Target.from_jax needs JAX, which is not installed; run: pip install 'statsim[neural]'") from error
    compiled = jax.jit(jax.value_and_grad(function))

    def value_and_gradient(x, out, *data):
        with jax.enable_x64(True):
            value, gradient = compiled(x, *data)
        out[:] = gradient
        return float(value)

    value_and_gradient.__name__ = getattr(function, "__name__", "function")
    return value_and_gradient
