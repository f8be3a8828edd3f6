"""Says which distributions this environment has and which of them bring the modules asked for, as JSON.

Runs in the environment of the notebook, with nothing but the standard library.
"""

import json
import platform
import sys


def main():
    modules = json.load(sys.stdin)
    try:
        from importlib import metadata
    except ImportError:
        print(json.dumps({"error": "Python 3.8 or newer is needed."}))
        return
    installed, brought = {}, {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if not name or normal(name) in installed:
            continue
        installed[normal(name)] = {"version": distribution.version, "source": source_of(distribution)}
        for top in tops_of(distribution):
            brought.setdefault(top, []).append(normal(name))
    standard = set(getattr(sys, "stdlib_module_names", ())) | set(sys.builtin_module_names)
    print(
        json.dumps(
            {
                "python": platform.python_version(),
                "installed": installed,
                "modules": {module: brought.get(module, []) for module in modules if module not in standard},
            }
        )
    )


def normal(name):
    return name.lower().replace("_", "-").replace(".", "-")


def tops_of(distribution):
    """The top-level modules a distribution brings."""
    listed = (distribution.read_text("top_level.txt") or "").split()
    tops = set(listed)
    for file in distribution.files or []:
        first = file.parts[0]
        if first.endswith((".dist-info", ".egg-info", ".data")) or first in ("..", "__pycache__"):
            continue
        if len(file.parts) > 1:
            tops.add(first)
        elif first.endswith((".py", ".so", ".pyd")):
            tops.add(first.split(".")[0])
    return tops


def source_of(distribution):
    """`index`, or where else it was installed from: then no index has these bytes."""
    direct = distribution.read_text("direct_url.json")
    if not direct:
        return "index"
    about = json.loads(direct)
    if "vcs_info" in about:
        return "version control"
    return "editable" if about.get("dir_info", {}).get("editable") else "file"


main()
