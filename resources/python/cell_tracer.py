"""Sees which global names a cell's code reads, binds and deletes while it runs, in functions too, and changes nothing.

From Python 3.12 on each instruction of notebook code is told once (`sys.monitoring`, switched off at that place as soon
as it was seen), so a loop of a million rounds costs what its first round costs. Before 3.12 `sys.settrace` is used,
for a limited number of events; what runs after that is not seen, and `gave_up` says so.
"""

import dis
import sys
import time

_KINDS = {
    "LOAD_NAME": "read",
    "LOAD_GLOBAL": "read",
    "LOAD_FROM_DICT_OR_GLOBALS": "read",
    "STORE_NAME": "write",
    "STORE_GLOBAL": "write",
    "DELETE_NAME": "delete",
    "DELETE_GLOBAL": "delete",
}
_IS_FUNCTION = 0x2  # CO_NEWLOCALS
# How many instructions of a code object are followed after the last one that was new (before 3.12).
PATIENCE = 5_000
# What a call of library code costs while it is traced, its instructions included (measured on 3.11), and by how much a
# cell and all cells may be slowed by that (before 3.12).
SECONDS_PER_CALL = 8e-6
CELL_SECONDS, TOTAL_SECONDS, SHARE = 0.25, 1.0, 0.05
# With these, text may name what no instruction does.
_HIDING = {"eval", "exec", "globals", "locals", "vars", "query", "get_ipython", "execfile", "settrace"}
_LOOPS = ("<listcomp>", "<setcomp>", "<dictcomp>")


class CellTracer:
    """One for a kernel; `begin` and `end` around each cell."""

    def __init__(self, namespace, hidden=()):
        self.namespace, self.hidden = namespace, set(hidden)
        self.uses = {}
        self.clear()
        self.engine = _Monitoring(self) if hasattr(sys, "monitoring") else _Tracing(self)

    def clear(self):
        self.reads, self.writes, self.deletes, self.calls = {}, {}, {}, []
        self.gave_up = None
        self.in_class = {}

    def begin(self):
        self.clear()
        self.engine.start()

    def go_on(self, code):
        """A new statement of the cell begins: what the one before it ran into does not concern it."""
        self.engine.go_on(code)

    def end(self):
        self.engine.stop()

    def is_ours(self, frame):
        return frame.f_globals is self.namespace

    def instructions(self, code):
        """By offset: kind, name and line of each instruction that touches a global name."""
        if code not in self.uses:
            self.uses[code] = _uses_of(code)
        return self.uses[code]

    def saw(self, code, use):
        kind, name, line = use
        if name in self.hidden:
            return
        if code in self.in_class and kind != "read":
            self.in_class[code].add(name)
        elif kind == "read":
            # A name that the cell itself bound first is not taken from an earlier cell.
            is_own = name in self.writes or name in self.in_class.get(code, ())
            if not is_own and name not in self.reads and name in self.namespace:
                self.reads[name] = line
        elif kind == "write":
            self.writes.setdefault(name, line)
        else:
            self.deletes.setdefault(name, line)


def _uses_of(code):
    uses, line, prefixes = {}, code.co_firstlineno, []
    lines = dict(dis.findlinestarts(code))
    for each in dis.get_instructions(code):
        line = lines.get(each.offset) or line
        if each.opname == "EXTENDED_ARG":
            prefixes.append(each.offset)
            continue
        if each.opname in _KINDS:
            for offset in prefixes + [each.offset]:
                uses[offset] = (_KINDS[each.opname], each.argval, line)
        prefixes = []
    return uses


def _is_straight(code):
    if getattr(code, "co_exceptiontable", b"") or _HIDING.intersection(code.co_names):
        return False
    jumps = set(dis.hasjrel) | set(dis.hasjabs)
    return not any(each.opcode in jumps for each in dis.get_instructions(code))


def _line_at(code, offset):
    line = code.co_firstlineno
    for start, number in dis.findlinestarts(code):
        if start > offset:
            break
        line = number or line
    return line


class _Monitoring:
    """Python 3.12 and later."""

    def __init__(self, tracer):
        self.tracer, self.followed, self.tool = tracer, set(), None

    def start(self):
        monitoring = sys.monitoring
        free = [number for number in (4, 3, 5, 1) if monitoring.get_tool(number) is None]
        if not free:
            self.tracer.gave_up = "other tools hold all places of sys.monitoring"
            return
        self.tool, self.followed = free[0], set()
        monitoring.use_tool_id(self.tool, "slipway")
        events = monitoring.events
        monitoring.register_callback(self.tool, events.PY_START, self._entered)
        monitoring.register_callback(self.tool, events.INSTRUCTION, self._reached)
        monitoring.register_callback(self.tool, events.CALL, self._called)
        monitoring.set_events(self.tool, events.PY_START)
        monitoring.restart_events()

    def go_on(self, _code):
        pass

    def stop(self):
        if self.tool is None:
            return
        monitoring = sys.monitoring
        monitoring.set_events(self.tool, 0)
        for code in self.followed:
            monitoring.set_local_events(self.tool, code, 0)
        monitoring.free_tool_id(self.tool)
        self.tool, self.followed = None, set()

    def _entered(self, code, _offset):
        frame = sys._getframe(1)
        if frame.f_code is code and self.tracer.is_ours(frame):
            self._follow(code, frame)
        return sys.monitoring.DISABLE

    def _follow(self, code, frame):
        if code in self.followed:
            return
        self.followed.add(code)
        if not code.co_flags & _IS_FUNCTION and frame.f_locals is not frame.f_globals:
            self.tracer.in_class[code] = set()
        events = sys.monitoring.events
        sys.monitoring.set_local_events(self.tool, code, events.INSTRUCTION | events.CALL)

    def _reached(self, code, offset):
        use = self.tracer.instructions(code).get(offset)
        if use is not None:
            self.tracer.saw(code, use)
        return sys.monitoring.DISABLE

    def _called(self, code, offset, function, first):
        what = _telling(function, first is sys.monitoring.MISSING)
        if what is not None:
            self.tracer.calls.append((_line_at(code, offset), what))
        return sys.monitoring.DISABLE


# What makes one run unlike the next; `default_rng()` and the like only without a seed.
_CLOCKS = {
    "time": ("time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "process_time", "ctime", "localtime"),
    "builtins": ("id",),
    "posix": ("urandom", "getpid"),
    "nt": ("urandom", "getpid"),
    "uuid": ("uuid1", "uuid4"),
    "secrets": ("token_hex", "token_bytes", "token_urlsafe", "choice", "randbelow"),
}
_UNSEEDED = {("numpy.random._generator", "default_rng"), ("numpy.random", "RandomState"), ("random", "Random")}
_NOW = ("now", "today", "utcnow")


def _telling(function, has_no_argument):
    """What a call says of why two runs may differ, or None. Looks at builtins, plain functions and classes only."""
    kind = type(function).__name__
    if kind not in ("builtin_function_or_method", "function", "type", "method", "cython_function_or_method"):
        return None
    name = getattr(function, "__name__", "")
    module = getattr(function, "__module__", None) or ""
    if name in _CLOCKS.get(module, ()):
        return "%s.%s()" % (module, name)
    if name in _NOW:
        owner = getattr(function, "__self__", None)
        if isinstance(owner, type) and owner.__name__ in ("datetime", "date", "Timestamp"):
            return "%s.%s()" % (owner.__name__, name)
    if has_no_argument and ((module, name) in _UNSEEDED or name in ("default_rng", "RandomState")):
        return "%s() without a seed" % name
    return None


class _Tracing:
    """Python before 3.12."""

    def __init__(self, tracer):
        self.tracer = tracer
        self.before = None
        self.total, self.cost = 0.0, 0.0
        # Whether the notebook has made a function, a class or a generator yet.
        self.has_own_code = False
        self.pending = []

    def start(self):
        self.before = sys.gettrace()
        if self.before is not None:
            self.tracer.gave_up = "another tracer is at work"
            return
        self.seen, self.spent, self.calls = {}, {}, 0
        self.started = time.perf_counter()

    def go_on(self, code):
        present = sys.gettrace()
        if self.before is not None or (present is not None and present != self._entered):
            return
        nested = [each for each in code.co_consts if hasattr(each, "co_code")]
        self.has_own_code = self.has_own_code or any(each.co_name not in _LOOPS for each in nested)
        self.finish_statement()
        is_straight = not nested and _is_straight(code)
        if is_straight:
            # Each of its own instructions runs, in their order, whatever becomes of the tracing.
            self.read_ahead(code)
        if is_straight and not self.has_own_code:
            # Whatever it calls is library code: nothing has to be traced.
            sys.settrace(None)
        else:
            sys.settrace(self._entered)

    def read_ahead(self, code):
        """Its reads at once; what it binds and deletes when it is over, so that functions it calls read what was before."""
        uses = list(self.tracer.instructions(code).values())
        own = set()
        for use in uses:
            if use[0] == "write":
                own.add(use[1])
            elif use[0] == "read" and use[1] not in own:
                self.tracer.saw(code, use)
        self.pending = [(code, use) for use in uses if use[0] != "read"]

    def finish_statement(self):
        for code, use in self.pending:
            self.tracer.saw(code, use)
        self.pending = []

    def stop(self):
        self.finish_statement()
        if self.before is None and sys.gettrace() == self._entered:
            sys.settrace(None)
        if self.before is None:
            self.total += time.perf_counter() - self.started
            self.cost += self.calls * SECONDS_PER_CALL

    def _entered(self, frame, event, _argument):
        if frame.f_globals is not self.tracer.namespace:
            self.calls += 1
            if not self.calls & 1023:
                self._weigh()
            return None
        code = frame.f_code
        if self.spent.get(code, 0) > PATIENCE:
            return None
        if not code.co_flags & _IS_FUNCTION and frame.f_locals is not frame.f_globals:
            self.tracer.in_class[code] = set()
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return self._reached

    def _weigh(self):
        elapsed = time.perf_counter() - self.started
        in_all = TOTAL_SECONDS + SHARE * (self.total + elapsed) - self.cost
        if self.calls * SECONDS_PER_CALL > min(in_all, CELL_SECONDS + SHARE * elapsed):
            self.tracer.gave_up = "after %d calls of library code the rest of its statement was not followed" % self.calls
            sys.settrace(None)

    def _reached(self, frame, event, _argument):
        if event != "opcode":
            return self._reached
        code, offset = frame.f_code, frame.f_lasti
        seen = self.seen.setdefault(code, set())
        if offset in seen:
            self.spent[code] = self.spent.get(code, 0) + 1
            if self.spent[code] > PATIENCE:
                self._leave(frame, seen)
            return self._reached
        seen.add(offset)
        self.spent[code] = 0
        use = self.tracer.instructions(code).get(offset)
        if use is not None:
            self.tracer.saw(code, use)
        return self._reached

    def _leave(self, frame, seen):
        """Nothing new for long: it is followed no further, which matters only where a name was not reached yet."""
        frame.f_trace_opcodes = False
        if set(self.tracer.instructions(frame.f_code)) - seen:
            self.tracer.gave_up = "a loop runs for long: a branch first taken late is not seen"
