"""The command line: run the steps, run them for many parameters, list them, or answer one prediction."""

import argparse
import os
import signal
import sys
from pathlib import Path

from .lock import InUse
from .parameters import PARAMETERS
from .pipeline import STEPS
from .place import DATA
from .processes import Cancelled, Processes, StepFailed
from .reports import print_json, print_text

EXIT_CODES = """
exit codes: 0 all steps are done · 1 a step failed · 2 the command line or a parameter's value cannot be used, nothing
was run · 3 another run works in the folder · 124 a step took longer than its time-out · 130 cancelled
"""


def main():
    arguments = _parser().parse_args()
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return arguments.action(arguments)
    except StepFailed as error:
        print(error, file=sys.stderr)
        return 124 if error.is_late else 1
    except InUse as error:
        print(error, file=sys.stderr)
        return 3
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Cancelled):
        print("Cancelled. What was done is kept; the same command goes on from there.", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(prog="python -m " + __package__, description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser(
        "run",
        help="run the steps that are not done",
        description="Runs the steps. One whose code, inputs, parameters, files, random stream and environment are as they "
        "were when it was run in this folder is not run again. What the clock says or the network sends is not looked at: "
        "--fresh runs everything.",
        epilog=EXIT_CODES,
    )
    run.add_argument("--from", dest="first", metavar="STEP", help="run this step and all later ones; earlier ones must have been run")
    run.add_argument("--only", metavar="STEP", help="run this step alone")
    run.add_argument("--run-folder", default="run", help="where everything is kept (default: run)")
    _add_how(run)
    run.set_defaults(action=_run)

    sweep = commands.add_parser(
        "sweep",
        help="run the steps for many values of the parameters",
        description="Runs the steps once for each combination of values, each in a folder of its own. A step that gives the "
        "same for several combinations is run once. The results are in results.csv and results.json of the sweep's folder.",
        epilog=EXIT_CODES,
    )
    sweep.add_argument("--grid", action="append", default=[], metavar="NAME=A,B,…", help="values of a parameter; all combinations are run")
    sweep.add_argument("--list", dest="listed", action="append", default=[], metavar="NAME=A,B,…", help="values that go together, first with first")
    sweep.add_argument("--file", metavar="FILE", help="JSON or YAML: {grid: {name: [values]}}, {list: [{name: value}]}")
    sweep.add_argument("--metric", action="append", default=[], metavar="STEP.NAME", help="an output to show (default: numbers of the last step)")
    sweep.add_argument("--sweep-folder", default="sweep", help="where everything is kept (default: sweep)")
    _add_how(sweep)
    sweep.set_defaults(action=_sweep)

    step = commands.add_parser("step", help="run one step in this process (used by run)")
    step.add_argument("name")
    step.add_argument("--run-folder", required=True)
    step.set_defaults(action=_step)

    server = commands.add_parser("server", help="fork a process for each step (used by run)")
    server.add_argument("number", type=int)
    server.set_defaults(action=_server)

    steps = commands.add_parser("steps", help="list the steps")
    steps.set_defaults(action=_steps)
{{model_commands}}
    return parser


def _add_how(parser):
    parser.add_argument("--fresh", action="store_true", help="run all steps, changed or not")
    parser.add_argument(
        "--jobs",
        type=_count(1),
        default=1,
        metavar="N",
        help="run up to N steps side by side (default: 1). A step waits for those whose outputs it takes. It also waits, and "
        "others wait for it, where it draws from a random stream all steps share, writes files, sets options or environment "
        "variables, or runs commands: then the order decides what it gives",
    )
    parser.add_argument(
        "--retries", type=_count(0), metavar="N", help="run a step that fails up to N times more (default: as many as the step has of its own)"
    )
    parser.add_argument(
        "--timeout", action="append", default=[], metavar="SECONDS", help="end a step that takes longer, with all it started; STEP=SECONDS for one step (default: what the step has of its own)"
    )
    parser.add_argument(
        "--isolate",
        choices=("auto", "fork", "spawn"),
        default="auto",
        help="fork: libraries are imported once and each step is a fork of that process; spawn: each step is a new Python. "
        "auto (default) forks on Linux, where the libraries run no threads",
    )
    parser.add_argument("--seed", type=int, help="the start of all global random streams")
    parser.add_argument("--no-figures", dest="figures", action="store_false", help="do not save figures")
    parser.add_argument("--json", action="store_true", help="tell progress as JSON, one event a line")
    group = parser.add_argument_group("parameters")
    for parameter in PARAMETERS.values():
        parameter.add_to(group)


def _count(least):
    def read(text):
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError("must be at least %d" % least)
        return value

    return read


def _wish(arguments, **more):
    """Everything is checked before anything runs."""
    parameters = {}
    for name, parameter in PARAMETERS.items():
        given = getattr(arguments, "parameter_" + name)
        if given is not None:
            parameters[name] = parameter.check(given)
    unset = [each.variable for each in PARAMETERS.values() if each.is_secret and each.variable not in os.environ]
    if unset:
        raise ValueError("Set the environment variable %s: a step needs it." % ", ".join(unset))
    timeout, timeouts = None, {}
    for text in arguments.timeout:
        step, _, seconds = text.rpartition("=")
        try:
            value = float(seconds)
        except ValueError:
            value = 0
        if not value > 0:
            raise ValueError("--timeout takes seconds or STEP=SECONDS, not %r." % text)
        if step:
            timeouts[step] = value
        else:
            timeout = value
    from .runner import Wish

    return Wish(
        parameters,
        seed=arguments.seed,
        figures=arguments.figures,
        fresh=arguments.fresh,
        jobs=arguments.jobs,
        retries=arguments.retries,
        timeout=timeout,
        timeouts=timeouts,
        **more,
    )


def _run(arguments):
    folder = Path(arguments.run_folder)
    processes = Processes(arguments.isolate, DATA)
    try:
        # Where all steps will run, the Python that forks them starts while this one still reads its own code.
        if arguments.fresh or not folder.exists():
            processes.start()
        from . import runner

        wish = _wish(arguments, first=arguments.first, only=arguments.only)
        runner.run(folder, wish, print_json if arguments.json else print_text, processes)
    finally:
        processes.close()
    return 0


def _sweep(arguments):
    from . import sweep

    return sweep.sweep(arguments, _wish(arguments))


def _step(arguments):
    import json

    from . import step
    from .processes import task_file

    step.die_with_parent()
    task = task_file(arguments.run_folder, arguments.name)
    step.finish(step.run_task(json.loads(task.read_text(encoding="utf-8"))))


def _server(arguments):
    from . import server, step

    step.finish(server.serve(arguments.number))


def _steps(_arguments):
    for step in STEPS:
        print("%s(%s) -> %s" % (step.name, ", ".join(step.inputs), ", ".join(step.outputs)))
    return 0
{{model_functions}}

if __name__ == "__main__":
    sys.exit(main())
