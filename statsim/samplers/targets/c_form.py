"""The C function `double f(double *x, double *second, int64 *table)` around compiled Numba functions, written straight in LLVM's language.

It reads the data from the table, calls the functions in turn, returns the value of the last, and NaN where one raises. Numba's
`cfunc` would have to type and lower a Python function that does this, which takes as long as most targets do themselves.
"""

import itertools

_NUMBERS = itertools.count()


class CForm:
    """A C function; `address` is valid as long as the object lives.

    Parameters
    ----------
    calls : list of (compile result of Numba, second)
        `second` says what follows x in the arguments: None, "gradient" (as long as x) or "random", the state (4,) of a stream.
    returns : bool
        Whether the last function's value is the answer; 0 where not.
    """

    def __init__(self, calls, *, returns=True):
        from numba.core.compiler_lock import global_compiler_lock

        with global_compiler_lock:
            self._build(calls, returns)

    def _build(self, calls, returns):
        from llvmlite import ir
        from numba.core.registry import cpu_target

        context = cpu_target.target_context
        self._library = context.codegen().create_library("statsim_c_form")
        module = self._library.create_ir_module("statsim_c_form")
        pointer, real = ir.IntType(8).as_pointer(), ir.DoubleType()
        function = ir.Function(module, ir.FunctionType(real, [pointer] * 3), f"statsim_c_form_{next(_NUMBERS)}")
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        for compiled, second in calls:
            self._library.add_linking_library(compiled.library)
            value = _call(context, builder, module, compiled, _arguments(context, builder, function.args, compiled.signature.args, second))
        builder.ret(_as_double(context, builder, value, compiled.signature.return_type) if returns else real(0.0))
        self._library.add_ir_module(module)
        self._library.finalize()
        self.address = self._library.get_pointer_to_function(function.name)


def _call(context, builder, module, compiled, arguments):
    """The value of a function; the C function ends with NaN where it raises (what it raised is found by calling it again, interpreted)."""
    from llvmlite import ir
    from numba.core import cgutils

    callee, signature = context.declare_function(module, compiled.fndesc), compiled.signature
    status, value = context.call_conv.call_function(builder, callee, signature.return_type, signature.args, arguments)
    with cgutils.if_unlikely(builder, status.is_error):
        builder.ret(ir.DoubleType()(float("nan")))
    return value


def _as_double(context, builder, value, kind):
    from numba import types

    return context.cast(builder, value, kind, types.float64)


def _arguments(context, builder, pointers, kinds, second):
    """The arguments (x, [second,] *data) of a function; arrays borrow memory that Python owns."""
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.np.arrayobj import make_array, populate_array

    word = ir.IntType(64)
    words = builder.bitcast(pointers[2], word.as_pointer())

    def load(place):
        return builder.load(cgutils.gep_inbounds(builder, words, place))

    def array(kind, data, shape):
        made = make_array(kind)(context, builder)
        item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
        strides, step = [], item
        for length in reversed(shape):
            strides.insert(0, step)
            step = builder.mul(step, length)
        shape, strides = cgutils.pack_array(builder, shape), cgutils.pack_array(builder, strides)
        populate_array(made, data=data(made.data.type), shape=shape, strides=strides, itemsize=item, meminfo=None)
        return made._getvalue()

    def datum(kind, place):
        """The value at a place of the table, and the place after it."""
        if isinstance(kind, types.Array):
            address, shape = load(place), [load(place + 1 + axis) for axis in range(kind.ndim)]
            return array(kind, lambda pointer: builder.inttoptr(address, pointer), shape), place + 1 + kind.ndim
        value = load(place)
        return (builder.bitcast(value, ir.DoubleType()) if kind == types.float64 else value), place + 1

    leading = 1 if second is None else 2
    lengths = [load(0), word(4) if second == "random" else load(0)]
    made = [array(kinds[i], lambda kind, i=i: builder.bitcast(pointers[i], kind), [lengths[i]]) for i in range(leading)]
    place = 1
    for kind in kinds[leading:]:
        if isinstance(kind, types.Omitted):  # a default of the user's function
            made.append(context.get_dummy_value())
        elif isinstance(kind, types.BaseTuple):  # *data
            items = []
            for item in kind:
                value, place = datum(item, place)
                items.append(value)
            made.append(context.make_tuple(builder, kind, items))
        else:
            value, place = datum(kind, place)
            made.append(value)
    return made
