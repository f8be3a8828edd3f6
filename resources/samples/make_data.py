"""Makes the samples' data: invented, seeded, the same on every machine. Standard library only."""

import csv
import datetime as dt
import math
import random
from pathlib import Path

HERE = Path(__file__).parent


def churn_rows(count: int = 1200):
    """Customers whose chance to leave falls with tenure and rises with price and calls to support."""
    random.seed(20260101)
    for number in range(count):
        tenure = min(72, int(random.expovariate(1 / 24)) + 1)
        plan = random.choices(["basic", "pro", "team"], [5, 3, 2])[0]
        monthly = {"basic": 18, "pro": 42, "team": 120}[plan] * random.uniform(0.8, 1.25)
        calls = sum(random.random() < 0.25 for _ in range(8))
        score = 0.4 - tenure / 18 + calls * 0.55 + (monthly - 40) / 90 + random.gauss(0, 0.6)
        left = int(random.random() < 1 / (1 + math.exp(-score)))
        yield [f"C{number:05d}", tenure, plan, round(monthly, 2), calls, "" if number % 97 == 5 else random.randint(18, 79), left]


def demand_rows(days: int = 730):
    """Daily sales with a week, a year, a slow rise and promotions."""
    random.seed(20260102)
    start = dt.date(2024, 1, 1)
    for number in range(days):
        day = start + dt.timedelta(days=number)
        week = [0.9, 0.85, 0.9, 1.0, 1.2, 1.45, 1.1][day.weekday()]
        year = 1 + 0.25 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 80) / 365)
        promotion = int(random.random() < 0.08)
        units = 80 * week * year * (1 + number / 2500) * (1.35 if promotion else 1) + random.gauss(0, 6)
        temperature = 11 + 10 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 100) / 365) + random.gauss(0, 3)
        yield [day.isoformat(), max(0, round(units)), promotion, round(temperature, 1)]


def write(path: Path, head, rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


if __name__ == "__main__":
    write(
        HERE / "churn/data/customers.csv",
        ["customer", "tenure", "plan", "monthly", "support_calls", "age", "churned"],
        churn_rows(),
    )
    write(HERE / "demand/data/sales.csv", ["date", "units", "promotion", "temperature"], demand_rows())
