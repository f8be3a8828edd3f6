# Says in one line of JSON what an environment is. Runs on any Python 3; reads nothing but names to look for (argv).
import importlib.util
import json
import os
import sys
import sysconfig


def version_of(distribution):
    try:
        from importlib.metadata import version
    except ImportError:
        return "unknown" if importlib.util.find_spec(distribution) else None
    try:
        return version(distribution)
    except Exception:
        return None


def is_there(module):
    if module in sys.builtin_module_names:
        return True
    try:
        spec = importlib.util.find_spec(module)
    except Exception:
        return False
    # A folder without __init__.py imports as an empty namespace: only a package that was installed so counts.
    return spec is not None and (spec.loader is not None or spec.submodule_search_locations is not None)


def is_managed_by_the_system():
    if sys.prefix != getattr(sys, "base_prefix", sys.prefix):
        return False
    return os.path.exists(os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED"))


sys.path = [entry for entry in sys.path if entry not in ("", os.getcwd())]
site_packages = sysconfig.get_path("purelib")
print(
    json.dumps(
        {
            "version": "%d.%d.%d" % sys.version_info[:3],
            "prefix": sys.prefix,
            "basePrefix": getattr(sys, "base_prefix", sys.prefix),
            "ipykernel": version_of("ipykernel"),
            "canInstall": os.access(site_packages, os.W_OK) and not is_managed_by_the_system(),
            "missing": [name for name in sys.argv[1:] if not is_there(name)],
        }
    )
)
