"""Runs a command by a cron expression, for engines that have no schedule of their own.

Called as `python3 -c <this text> CRON TIME_ZONE STATE_FILE COMMAND...`. Standard library only: it runs in the package's image.
What it knows stands in STATE_FILE as JSON: {"nextRunAt": ms, "runs": [...newest first]}. SIGUSR1 asks for a run now.
One run at a time: a run that is due while another goes on is skipped and said.
"""
import datetime
import json
import os
import signal
import subprocess
import sys
import time
import zoneinfo

KEPT = 50
NAMES = {
    3: ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    4: ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
}
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def field(text, at):
    low, high = BOUNDS[at]
    found = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        else:
            first, _, last = span.partition("-")
            first = number(first, at)
            last = number(last, at) if last else (high if step else first)
        if not low <= first <= last <= high:
            raise ValueError("%r is out of range" % part)
        found.update(range(first, last + 1, int(step or 1)))
    # Sunday is 0 and 7.
    return {each % 7 for each in found} if at == 4 else found


def number(text, at):
    names = NAMES.get(at, ())
    return names.index(text) if text in names else int(text)


def next_run(fields, stars, zone, after):
    """The first minute after `after` (seconds) that fits; None within four years of none."""
    minutes, hours, days, months, weekdays = fields
    moment = (int(after) // 60 + 1) * 60
    end = moment + 4 * 366 * 86400
    while moment < end:
        local = datetime.datetime.fromtimestamp(moment, zone)
        by_day, by_weekday = local.day in days, local.isoweekday() % 7 in weekdays
        # As cron has it: two days given are an "or".
        fits_day = (by_day and by_weekday) if any(stars) else (by_day or by_weekday)
        if local.month not in months or not fits_day:
            midnight = datetime.datetime(local.year, local.month, local.day, tzinfo=zone) + datetime.timedelta(days=1)
            moment = max(moment + 60, int(midnight.timestamp()))
        elif local.hour not in hours:
            moment += (60 - local.minute) * 60
        elif local.minute not in minutes:
            moment += 60
        else:
            return moment
    return None


class Keeper:
    def __init__(self, cron, zone, path, command):
        texts = cron.split()
        if len(texts) != 5:
            raise ValueError("five fields are needed, not %r" % cron)
        self.fields = [field(text, at) for at, text in enumerate(texts)]
        self.stars = [texts[2].startswith("*"), texts[4].startswith("*")]
        self.zone = zoneinfo.ZoneInfo(zone)
        self.path, self.command = path, command
        self.runs = self.earlier()
        self.process, self.is_asked, self.is_ended = None, False, False

    def earlier(self):
        try:
            with open(self.path, encoding="utf-8") as file:
                runs = json.load(file)["runs"]
        except (OSError, ValueError, KeyError):
            return []
        for run in runs:
            if run["state"] == "running":
                run.update(state="failed", endedAt=int(time.time() * 1000), message="It was ended with its container.")
        return runs

    def keep(self):
        while not self.is_ended:
            due = next_run(self.fields, self.stars, self.zone, time.time())
            self.tell(due)
            while not self.is_ended and not self.is_asked and (due is None or time.time() < due):
                time.sleep(min(1, max(0.05, due - time.time())) if due else 1)
            if self.is_ended:
                break
            trigger = "person" if self.is_asked else "schedule"
            self.is_asked = False
            self.run(trigger)

    def run(self, trigger):
        now = int(time.time() * 1000)
        run = {
            "id": "%x" % now, "trigger": trigger, "startedAt": now, "endedAt": None,
            "state": "running", "exitCode": None, "message": "",
        }
        self.runs = [run] + self.runs[: KEPT - 1]
        self.tell(None)
        self.process = subprocess.Popen(self.command)
        while self.process.poll() is None:
            if self.is_asked:
                self.is_asked = False
                print("A run goes on already; the one asked for is skipped.", flush=True)
            time.sleep(0.1)
        code = self.process.returncode
        self.process = None
        run.update(
            endedAt=int(time.time() * 1000), exitCode=code,
            state="cancelled" if self.is_ended else "succeeded" if code == 0 else "failed",
            message="" if code == 0 else "It ended with code %d." % code,
        )

    def tell(self, due):
        partial = self.path + ".partial"
        with open(partial, "w", encoding="utf-8") as file:
            json.dump({"nextRunAt": due and due * 1000, "runs": self.runs}, file)
        os.replace(partial, self.path)

    def end(self, *_):
        self.is_ended = True
        if self.process:
            self.process.terminate()

    def ask(self, *_):
        self.is_asked = True


if __name__ == "__main__":
    keeper = Keeper(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
    signal.signal(signal.SIGTERM, keeper.end)
    signal.signal(signal.SIGINT, keeper.end)
    signal.signal(signal.SIGUSR1, keeper.ask)
    keeper.keep()
    keeper.tell(None)
