"""The steps in the order they run: what each takes and gives."""

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Step:
    name: str
    # Where its function is: steps/<module>.py.
    module: str
    function: str
    inputs: Tuple[str, ...]
    outputs: Tuple[str, ...]
    # Outputs that a later step reads.
    required: Tuple[str, ...]
    parameters: Tuple[str, ...]
    # Why no other step may run beside it, as far as its code tells; a run knows better.
    alone: Tuple[str, ...] = ()
    # How often it is run again after a failure, and how long it may take; the command line may say otherwise.
    retries: int = 0
    timeout_seconds: Optional[float] = None


STEPS = (
{{steps}}
)

# What the cells of each step bind: a function that looks at one of these names does not go past that step.
BINDS = {
{{binds}}
}

# Where the notebook lies below `data/`, and the folders from there in which it looks for modules: (path, first of all).
START = {{start}}
PATHS = ({{paths}})

# Attributes of modules that the notebook gives another value: they are carried on from step to step.
PATCHED = ({{patched}})
