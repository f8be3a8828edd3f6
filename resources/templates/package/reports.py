"""What a run tells: one event a line for programs, or lines for people."""

import json
import threading

_lock = threading.Lock()


def print_json(event):
    """One event a line, for programs."""
    with _lock:
        print(json.dumps(event), flush=True)


def print_text(event):
    """For people."""
    line = text(event)
    if line is not None:
        with _lock:
            print(line, flush=True)


def text(event):
    kind = event["event"]
    if kind == "step-started":
        because = event.get("because")
        again = "" if event.get("attempt", 1) == 1 else " (attempt %d)" % event["attempt"]
        return "▸ %s%s%s" % (event["step"], again, ": " + because if because and because != "it has not been run" else "")
    if kind == "output":
        return "    %s" % event["line"]
    if kind == "step-done":
        names = ", ".join(entry["name"] for entry in event["artifacts"] if entry["file"])
        return "  %s done in %.2f s: %s" % (event["step"], event["wall_ms"] / 1000, names or "no outputs")
    if kind == "step-reused":
        where = "another combination" if event["taken_from"] else "the last run"
        return "▸ %s: unchanged, its result is taken from %s" % (event["step"], where)
    if kind == "step-retried":
        return "  %s failed: %s. It is run again (%d of %d)." % (event["step"], event["error"]["message"], event["attempt"], event["retries"])
    if kind == "step-repeated":
        return "  %s is run again. %s" % (event["step"], event["why"])
    if kind == "run-done":
        count = len(event["ran"])
        what = "Nothing had to be run" if count == 0 else "%d step%s run" % (count, "" if count == 1 else "s")
        return "%s; all steps done in %.2f s." % (what, event["wall_ms"] / 1000)
    return None
