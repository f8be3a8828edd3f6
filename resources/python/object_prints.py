"""A print of each value: what it is made of as a hash, its size, and which objects it shares with other names.

Nothing of the notebook's own runs while a value is looked at: no `__eq__`, `__hash__`, `__reduce__` or property of its
classes. Instance dictionaries, slots and buffers are read directly; of libraries only functions that just read are
called. What cannot be looked into, or is too big for the time there is, is named with the reason and never guessed.
The same value gives the same print in another process: no address and no order of a set goes into it.
"""

import collections
import functools
import gc
import hashlib
import marshal
import os
import sys
import time
import types

# Above this only pieces of a buffer are hashed: a change seen is a change, none seen says nothing.
WHOLE_BYTES = 64 * 2**20
PIECES, PIECE_BYTES = 256, 4096
NODES_BETWEEN_CLOCKS = 512

_ATOMS = frozenset((type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented)))
_HEAP_TYPE = 1 << 9
_BY_TEXT = {("datetime", "date"), ("datetime", "datetime"), ("datetime", "time"), ("datetime", "timedelta")}
_BY_TEXT |= {("datetime", "timezone"), ("decimal", "Decimal"), ("builtins", "range"), ("re", "Pattern")}
_ITERATORS = tuple(type(iter(each)) for each in ([], (), range(0), "")) + (enumerate, zip, map, filter)
_NOT_LOOKED_INTO = ("matplotlib", "mpl_toolkits", "IPython", "ipykernel", "zmq", "asyncio", "_io", "io", "sqlite3", "threading")
# Caches that reading fills.
_CACHES = {"_cache", "_item_cache", "__dict__", "__weakref__"}


class OutOfTime(Exception):
    """The pass has no time left for this value."""


class Look:
    """What a pass found of one name."""

    __slots__ = ("digest", "bytes", "type", "shared", "unsure")

    def __init__(self, digest, size, kind, shared, unsure):
        self.digest, self.bytes, self.type, self.shared, self.unsure = digest, size, kind, shared, unsure


def look_at(values, seconds):
    """By name, in the order given; names for which the time did not suffice have no digest."""
    deadline, found, memo = time.perf_counter() + seconds, {}, {}
    was_on = gc.isenabled()
    gc.disable()
    try:
        for name, value in values.items():
            found[name] = _look(value, deadline, memo)
    finally:
        if was_on:
            gc.enable()
    return found


def _look(value, deadline, memo):
    walk = _Walk(deadline, memo)
    kind = type_name(type(value))
    if type(value) not in _ATOMS and time.perf_counter() > deadline:
        return Look(None, None, kind, frozenset(), "there was no time left to look at it")
    try:
        walk.value(value)
    except OutOfTime:
        return Look(None, None, kind, frozenset(walk.shared), "it is too big to be looked at in the time there is")
    except RecursionError:
        return Look(None, None, kind, frozenset(walk.shared), "it is nested too deeply")
    except Exception as error:
        return Look(None, None, kind, frozenset(walk.shared), "it cannot be looked into (%s)" % type(error).__name__)
    return Look(walk.hash.hexdigest(), walk.bytes, kind, frozenset(walk.shared), walk.unsure)


def type_name(kind):
    module = type.__dict__["__module__"].__get__(kind)
    name = type.__dict__["__qualname__"].__get__(kind)
    if not isinstance(module, str) or module in ("builtins", "__main__"):
        return name
    return module.split(".")[0] + "." + name


class _Walk:
    def __init__(self, deadline, memo):
        self.deadline, self.memo = deadline, memo
        self.hash = hashlib.blake2b(digest_size=12)
        self.seen, self.shared, self.bytes, self.nodes = {}, set(), 0, 0
        self.unsure = None
        self.numpy, self.pandas = sys.modules.get("numpy"), sys.modules.get("pandas")

    def put(self, *texts):
        for text in texts:
            self.hash.update(text.encode("utf-8", "surrogatepass"))
            self.hash.update(b"\0")

    def not_sure(self, why):
        self.unsure = self.unsure or why

    def value(self, value):
        kind = type(value)
        self.nodes += 1
        if not self.nodes % NODES_BETWEEN_CLOCKS and time.perf_counter() > self.deadline:
            raise OutOfTime
        if kind in _ATOMS:
            self.plain(value)
            return
        number = self.seen.get(id(value))
        if number is not None:
            return self.put("again", str(number))
        self.seen[id(value)] = len(self.seen)
        self.put(type_name(kind))
        for kinds, look in _LOOKS:
            # Of the type: `isinstance` may ask the value for its `__class__`.
            is_it = issubclass(kind, kinds) if type(kinds) in (tuple, type) else kinds(kind)
            if is_it:
                return look(self, value)
        self.instance(value)

    def plain(self, value):
        data = marshal.dumps(value, 2) if value is not Ellipsis and value is not NotImplemented else b"..."
        self.bytes += sys.getsizeof(value)
        self.hash.update(data)

    # ── containers ──

    def all_plain(self, value, kind):
        """Whether it holds nothing but atoms: then C code may hash it as a whole."""
        if kind is dict:
            return _ATOMS.issuperset(map(type, value)) and _ATOMS.issuperset(map(type, value.values()))
        return _ATOMS.issuperset(map(type, value))

    def sequence(self, value):
        kind = list if issubclass(type(value), list) else tuple
        if kind is list:
            self.shared.add(id(value))
        self.bytes += kind.__sizeof__(value)
        if type(value) is kind and Ellipsis not in map(type, value) and self.all_plain(value, kind):
            return self.whole(value, len(value))
        self.put(str(kind.__len__(value)))
        for each in kind.__iter__(value):
            self.value(each)
        if type(value) is not kind:
            self.attributes(value)

    def mapping(self, value):
        self.shared.add(id(value))
        self.bytes += dict.__sizeof__(value)
        if type(value) is dict and self.all_plain(value, dict):
            return self.whole(value, len(value))
        self.put(str(dict.__len__(value)))
        for key, item in dict.items(value):
            self.value(key)
            self.value(item)
        if type(value) is not dict:
            self.attributes(value)

    def whole(self, value, length):
        if length > 50_000 and time.perf_counter() + length * 1e-7 > self.deadline:
            raise OutOfTime
        try:
            data = marshal.dumps(value, 2)
        except ValueError:
            self.put("ellipsis")
            return self.not_sure("it holds what cannot be hashed")
        self.bytes += len(data)
        self.hash.update(data)

    def group(self, value):
        """A set: its elements in an order of their own, not of this process."""
        kind = set if issubclass(type(value), set) else frozenset
        if kind is set:
            self.shared.add(id(value))
        self.bytes += kind.__sizeof__(value)
        prints = []
        for each in kind.__iter__(value):
            inner = _Walk(self.deadline, self.memo)
            inner.value(each)
            self.shared |= inner.shared
            self.unsure = self.unsure or inner.unsure
            prints.append(inner.hash.digest())
        for each in sorted(prints):
            self.hash.update(each)

    def queue(self, value):
        self.shared.add(id(value))
        self.bytes += collections.deque.__sizeof__(value)
        for each in collections.deque.__iter__(value):
            self.value(each)

    def bytearray(self, value):
        self.shared.add(id(value))
        self.buffer(memoryview(value), None)

    # ── numbers ──

    def buffer(self, view, key):
        """A contiguous buffer; a big one that several names show is hashed once."""
        self.bytes += view.nbytes
        known = self.memo.get(key) if key is not None else None
        if known is not None:
            return self.hash.update(known)
        data = view.cast("B") if view.nbytes else b""
        if view.nbytes <= WHOLE_BYTES:
            if view.nbytes > 2**20 and time.perf_counter() + view.nbytes / 5e8 > self.deadline:
                raise OutOfTime
            digest = hashlib.blake2b(data, digest_size=12).digest()
        else:
            self.not_sure("of %d MB only a sample was hashed" % (view.nbytes >> 20))
            step = view.nbytes // PIECES
            pieces = [bytes(data[at : at + PIECE_BYTES]) for at in range(0, view.nbytes, step)]
            digest = hashlib.blake2b(b"".join(pieces), digest_size=12).digest()
        if key is not None:
            self.memo[key] = digest
        self.hash.update(digest)

    def array(self, value):
        numpy = self.numpy
        plain = numpy.ndarray.view(value, numpy.ndarray)
        root = value
        while isinstance(root.base, numpy.ndarray):
            root = root.base
        self.shared.add(id(root) if root.base is None else id(root.base))
        self.put(str(plain.dtype), str(plain.shape))
        if plain.dtype.hasobject:
            for each in plain.ravel().tolist():
                self.value(each)
        else:
            whole = plain if plain.flags.forc else numpy.ascontiguousarray(plain)
            if whole is not plain and plain.nbytes > WHOLE_BYTES:
                raise OutOfTime
            flat = whole.ravel(order="K").view("u1") if whole.size else whole.ravel().view("u1")
            if whole.flags.f_contiguous and not whole.flags.c_contiguous:
                self.put("F")
            key = (plain.__array_interface__["data"][0], plain.nbytes, plain.strides) if plain.nbytes > 4096 else None
            self.buffer(memoryview(flat), key)
        if type(value) is not numpy.ndarray:
            self.attributes(value)

    def number(self, value):
        self.put(str(value.dtype))
        self.hash.update(self.numpy.generic.tobytes(value))
        self.bytes += value.nbytes

    def generator(self, value):
        """A generator of numpy: what it will draw next."""
        self.shared.add(id(value))
        bits = value.bit_generator if hasattr(value, "bit_generator") else value
        state = bits.state if hasattr(bits, "state") else value.get_state(legacy=False)
        self.unregistered(state)

    def dtype(self, value):
        self.put(str(value))

    def unregistered(self, value):
        """Made for us just now: its address says nothing once it is gone."""
        inner = _Walk(self.deadline, self.memo)
        inner.value(value)
        self.hash.update(inner.hash.digest())
        self.unsure = self.unsure or inner.unsure

    # ── tables ──

    def frame(self, value):
        self.shared.add(id(value))
        manager = object.__getattribute__(value, "_mgr")
        for axis in manager.axes:
            self.value(axis)
        for block in manager.blocks:
            self.put(str(block.mgr_locs.as_array.tolist()))
            self.value(block.values)
        attributes = object.__getattribute__(value, "__dict__")
        if attributes.get("_attrs"):
            self.value(attributes["_attrs"])
        if attributes.get("_name") is not None:
            self.value(attributes["_name"])

    def index(self, value):
        """It cannot be changed in place, so it counts as nobody's."""
        before = set(self.shared)
        attributes = object.__getattribute__(value, "__dict__")
        for name in ("_data", "_range", "_levels", "_codes", "_name", "_names"):
            if name in attributes:
                self.value(attributes[name])
        self.shared = before

    def column(self, value):
        """pandas' own arrays."""
        self.shared.add(id(value))
        self.put(str(value.dtype))
        parts = {}
        for name in ("_ndarray", "_data", "_mask", "_pa_array", "_left", "_right", "_sparse_values", "_sparse_index"):
            part = getattr(value, name, None)
            if part is not None:
                parts[name] = part
        for name, part in parts.items():
            self.put(name)
            self.value(part)
        categories = getattr(value.dtype, "categories", None)
        if categories is not None:
            self.value(categories)
        if not parts:
            self.not_sure("its columns are of a kind that cannot be looked into")

    def arrow(self, value):
        """Arrow data cannot be changed in place."""
        for each in getattr(value, "columns", None) or [value]:
            self.put(str(each.type), str(len(each)))
            for chunk in getattr(each, "chunks", [each]):
                for buffer in chunk.buffers():
                    if buffer is not None:
                        self.buffer(memoryview(buffer), None)

    def polars(self, value):
        self.shared.add(id(value))
        if type(value).__name__ not in ("DataFrame", "Series"):
            return self.not_sure("a plan of polars is not looked into")
        if value.estimated_size() > WHOLE_BYTES:
            raise OutOfTime
        columns = value.get_columns() if hasattr(value, "get_columns") else [value]
        for each in columns:
            self.put(each.name, str(each.dtype))
            arrow = each.to_arrow()
            self.arrow(arrow)

    # ── models ──

    def tensor(self, value):
        plain = value.detach()
        self.shared.add(("torch", plain.untyped_storage().data_ptr()))
        self.put(str(plain.dtype), str(tuple(plain.shape)), str(value.requires_grad))
        if plain.nbytes > WHOLE_BYTES:
            raise OutOfTime
        torch = sys.modules["torch"]
        data = plain.cpu().contiguous().flatten().view(torch.uint8) if plain.numel() else plain
        self.buffer(memoryview(data.numpy()), None)
        if value.is_leaf and value.grad is not None:
            self.value(value.grad)

    def booster(self, value):
        self.shared.add(id(value))
        text = value.save_raw("ubj") if hasattr(value, "save_raw") else value.model_to_string()
        self.unregistered(bytes(text) if not isinstance(text, str) else text)

    # ── code ──

    def function(self, value):
        self.code(value.__code__)
        for part in (value.__defaults__, value.__kwdefaults__, value.__dict__ or None):
            self.value(part)
        for cell in value.__closure__ or ():
            try:
                self.value(cell.cell_contents)
            except ValueError:
                self.put("empty")

    def code(self, value):
        self.put(value.co_name, str(value.co_names), str(value.co_varnames), str(value.co_argcount))
        self.hash.update(value.co_code)
        for each in value.co_consts:
            self.code(each) if isinstance(each, types.CodeType) else self.value(each)

    def method(self, value):
        self.value(value.__self__)
        self.value(value.__func__)

    def partial(self, value):
        for part in (value.func, value.args, value.keywords):
            self.value(part)

    def named(self, value):
        self.put(str(getattr(value, "__module__", None)), str(getattr(value, "__qualname__", None) or value.__name__))

    def kind(self, value):
        module = type.__dict__["__module__"].__get__(value)
        self.put(type_name(value))
        if module != "__main__":
            return
        self.shared.add(id(value))
        for name, each in type.__dict__["__dict__"].__get__(value).items():
            if name not in _CACHES and name not in ("__doc__", "__static_attributes__", "__firstlineno__"):
                self.put(name)
                self.value(each)

    def descriptor(self, value):
        for name in ("fget", "fset", "fdel", "__func__"):
            if hasattr(value, name):
                self.value(getattr(value, name))

    def iterator(self, value):
        self.shared.add(id(value))
        parts = value.__reduce__()
        self.unregistered(len(parts))
        for part in parts[1:]:
            for each in part if isinstance(part, tuple) else (part,):
                self.value(each)

    def coroutine(self, value):
        self.shared.add(id(value))
        frame = getattr(value, "gi_frame", None)
        self.put(str(frame.f_lasti) if frame is not None else "ended")
        if frame is not None:
            self.not_sure("a generator does not tell how far it is")

    def text(self, value):
        self.put(repr(value))

    def path(self, value):
        self.put(os.fspath(value))

    def member(self, value):
        self.put(str(object.__getattribute__(value, "_name_")))

    def opaque(self, value):
        self.shared.add(id(value))
        self.not_sure("%s is not looked into" % type_name(type(value)))

    # ── anything else ──

    def instance(self, value):
        self.shared.add(id(value))
        kind = type(value)
        self.bytes += object.__sizeof__(value)
        has_parts = self.attributes(value)
        foreign = [each for each in kind.__mro__ if not each.__flags__ & _HEAP_TYPE and each is not object]
        if issubclass(kind, BaseException):
            return self.value(BaseException.args.__get__(value))
        compiled = [each for each in kind.__mro__ if each.__flags__ & _HEAP_TYPE and _is_compiled(each)]
        if (foreign or compiled) and kind.__module__.split(".")[0] in ("sklearn", "scipy"):
            parts = value.__reduce__()
            for part in parts[1:]:
                self.unregistered(_without_counters(kind, part))
        elif foreign or (compiled and not has_parts):
            self.not_sure("%s keeps what it holds to itself" % type_name(kind))

    def attributes(self, value):
        """Instance dictionary and slots, read without asking the class. Whether there was anything."""
        found = {}
        try:
            found.update(object.__getattribute__(value, "__dict__"))
        except AttributeError:
            pass
        for each in type(value).__mro__:
            for name, slot in type.__dict__["__dict__"].__get__(each).items():
                if isinstance(slot, types.MemberDescriptorType) and each.__flags__ & _HEAP_TYPE:
                    try:
                        found.setdefault(name, slot.__get__(value))
                    except AttributeError:
                        continue
        for name, part in found.items():
            if name not in _CACHES:
                self.put(str(name))
                self.value(part)
        return bool(found)


def _without_counters(kind, state):
    """A search tree counts how often it was asked, which is no part of what it holds."""
    is_tree = "Tree" in kind.__name__ and kind.__module__.startswith("sklearn.neighbors")
    return state[:7] + state[11:] if is_tree and isinstance(state, tuple) and len(state) > 11 else state


def _is_compiled(kind):
    """A heap type made by C code has no module of Python source behind it."""
    names = type.__dict__["__dict__"].__get__(kind)
    return "__dict__" not in names and "__slots__" not in names and "__module__" not in names


def _of(*modules):
    """Whether a type comes from one of these, asked when the walk meets it."""
    names = set(modules)
    return lambda kind: (kind.__module__ or "").split(".")[0] in names


def _in(module, *names):
    """Whether the type or one it inherits from is that class of that module."""

    def asks(kind):
        return any(each.__name__ in names and (each.__module__ or "").split(".")[0] == module for each in kind.__mro__)

    return asks


def _is_text_kind(kind):
    return (kind.__module__, kind.__name__) in _BY_TEXT


def _is_path(kind):
    return (kind.__module__ or "").split(".")[0] == "pathlib"


_LOOKS = (
    ((list, tuple), _Walk.sequence),
    (dict, _Walk.mapping),
    ((set, frozenset), _Walk.group),
    (bytearray, _Walk.bytearray),
    (collections.deque, _Walk.queue),
    (_in("numpy", "ndarray"), _Walk.array),
    (_in("numpy", "generic"), _Walk.number),
    (_in("numpy", "dtype"), _Walk.dtype),
    (_in("numpy", "Generator", "RandomState", "BitGenerator"), _Walk.generator),
    (_in("pandas", "DataFrame", "Series"), _Walk.frame),
    (_in("pandas", "Index"), _Walk.index),
    (_in("pandas", "ExtensionArray", "NDArrayBacked"), _Walk.column),
    (_in("pyarrow", "Table", "RecordBatch", "Array", "ChunkedArray"), _Walk.arrow),
    (_in("polars", "DataFrame", "Series", "LazyFrame"), _Walk.polars),
    (_in("torch", "Tensor"), _Walk.tensor),
    (_in("xgboost", "Booster"), _Walk.booster),
    (_in("lightgbm", "Booster"), _Walk.booster),
    (types.FunctionType, _Walk.function),
    (types.MethodType, _Walk.method),
    (functools.partial, _Walk.partial),
    (type, _Walk.kind),
    ((types.BuiltinFunctionType, types.ModuleType, types.MemberDescriptorType), _Walk.named),
    ((property, staticmethod, classmethod), _Walk.descriptor),
    (_ITERATORS, _Walk.iterator),
    ((types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType), _Walk.coroutine),
    (types.CodeType, _Walk.code),
    (_in("enum", "Enum"), _Walk.member),
    (_is_text_kind, _Walk.text),
    (_is_path, _Walk.path),
    (_of(*_NOT_LOOKED_INTO), _Walk.opaque),
)
