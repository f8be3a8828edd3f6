"""Parameters with a type: what a command line may say, checked before anything runs."""

import ast
import datetime
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Tuple


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str
    default: Any
    doc: str = ""
    values: Tuple[Any, ...] = ()
    minimum: Optional[float] = None
    maximum: Optional[float] = None

    def add_to(self, parser):
        default = "from the environment variable %s" % self.variable if self.is_secret else repr(self.default)
        parser.add_argument(
            "--" + self.name.replace("_", "-"),
            dest="parameter_" + self.name,
            metavar=self.type.upper(),
            help=("%s (%s, default: %s)" % (self.doc or self.name, self.type, default)).replace("%", "%%"),
        )

    @property
    def is_secret(self):
        return self.type == "secret"

    @property
    def variable(self):
        return self.name.upper()

    def check(self, text):
        """The value of what was typed, or a ValueError that says what is wrong."""
        if self.is_secret:
            raise ValueError("%s is a secret: set the environment variable %s." % (self.name, self.variable))
        try:
            value = _READERS[self.type](text)
        except (ValueError, SyntaxError):
            raise ValueError("%s must be %s, not %r." % (self.name, _WORDS[self.type], text)) from None
        return self._within(value)

    def accept(self, value):
        """The same for a value that a JSON or YAML file gives with its type."""
        if isinstance(value, datetime.date):
            value = value.isoformat()
        if isinstance(value, str) and self.type not in ("enum", "json", "list"):
            return self.check(value)
        if self.type not in ("enum", "json") and not _is_of(self.type, value):
            raise ValueError("%s must be %s, not %r." % (self.name, _WORDS[self.type], value))
        return self._within(float(value) if self.type == "float" else value)

    def _within(self, value):
        if self.values and value not in self.values:
            allowed = ", ".join(repr(each) for each in self.values)
            raise ValueError("%s must be one of %s, not %r." % (self.name, allowed, value))
        # Turned around, so that what is not a number is refused too.
        if self.minimum is not None and not value >= self.minimum:
            raise ValueError("%s must be at least %s, not %r." % (self.name, self.minimum, value))
        if self.maximum is not None and not value <= self.maximum:
            raise ValueError("%s must be at most %s, not %r." % (self.name, self.maximum, value))
        return value

    def present(self, given):
        """The value a step would get, to be compared with an earlier one; None for a secret that is not set."""
        return os.environ.get(self.variable) if self.is_secret else given.get(self.name, self.default)

    def read(self, given):
        """The value a step gets."""
        if self.is_secret:
            if self.variable not in os.environ:
                raise ValueError("Set the environment variable %s: the step needs it." % self.variable)
            return os.environ[self.variable]
        return given.get(self.name, self.default)


def _is_of(kind, value):
    if isinstance(value, bool):
        return kind == "bool"
    kinds = {"int": int, "float": (int, float), "list": list}
    return kind in kinds and isinstance(value, kinds[kind])


def _bool(text):
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in known:
        raise ValueError
    return known[text.lower()]


def _date(text):
    datetime.date.fromisoformat(text)
    return text


def _path(text):
    """A file that is there is meant from where the command was typed; the steps run elsewhere."""
    return str(Path(text).resolve()) if Path(text).exists() else text


def _literal(text):
    return ast.literal_eval(text)


def _enum(text):
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _list(text):
    value = ast.literal_eval(text)
    if not isinstance(value, (list, tuple)):
        raise ValueError
    return list(value)


_READERS = {
    "int": int,
    "float": float,
    "bool": _bool,
    "str": str,
    "path": _path,
    "date": _date,
    "list": _list,
    "enum": _enum,
    "json": _literal,
}
_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "path": "a path",
    "date": "a date such as 2026-01-31",
    "list": "a list such as [1, 2]",
    "enum": "one of the values",
    "json": "a value such as {'a': 1}",
}
