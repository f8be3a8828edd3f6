"""The command line: run the steps, list them, or answer one prediction."""

import argparse
import sys
from pathlib import Path

from . import artifacts, runner
from .parameters import PARAMETERS
from .pipeline import STEPS


def main():
    arguments = _parser().parse_args()
    try:
        return arguments.action(arguments)
    except (runner.StepFailed, artifacts.ArtifactError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser():
    parser = argparse.ArgumentParser(prog="python -m " + __package__, description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser("run", help="run the steps")
    run.add_argument("--from", dest="first", metavar="STEP", help="begin with this step; earlier ones must have been run")
    run.add_argument("--only", metavar="STEP", help="run this step alone")
    run.add_argument("--run-folder", default="run", help="where everything is kept (default: run)")
    run.add_argument("--seed", type=int, help="the start of all global random streams")
    run.add_argument("--no-figures", dest="figures", action="store_false", help="do not save figures")
    run.add_argument("--json", action="store_true", help="tell progress as JSON, one event a line")
    group = run.add_argument_group("parameters")
    for parameter in PARAMETERS.values():
        parameter.add_to(group)
    run.set_defaults(action=_run)

    step = commands.add_parser("step", help="run one step in this process (used by run)")
    step.add_argument("name")
    step.add_argument("--run-folder", required=True)
    step.set_defaults(action=lambda arguments: runner.run_one(arguments.name, arguments.run_folder))

    steps = commands.add_parser("steps", help="list the steps")
    steps.set_defaults(action=_steps)
{{model_commands}}
    return parser


def _run(arguments):
    given = {
        name: getattr(arguments, "parameter_" + name)
        for name in PARAMETERS
        if getattr(arguments, "parameter_" + name) is not None
    }
    parameters = {name: PARAMETERS[name].check(text) for name, text in given.items()}
    report = runner.print_json if arguments.json else runner.print_text
    runner.run(
        Path(arguments.run_folder),
        parameters,
        report,
        first=arguments.first,
        only=arguments.only,
        seed=arguments.seed,
        figures=arguments.figures,
    )
    return 0


def _steps(_arguments):
    for step in STEPS:
        print("%s(%s) -> %s" % (step.name, ", ".join(step.inputs), ", ".join(step.outputs)))
    return 0
{{model_functions}}

if __name__ == "__main__":
    sys.exit(main())
