"""Make a demo world: `python -m scripts.demo FOLDER ANSWERS [--accounts N] [--seed S]`."""

from __future__ import annotations

import argparse
from datetime import date

from . import Scenario, generate
from .scenario import KINDS


def main() -> None:
    usual = Scenario()
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument("folder", help="where the contract files go")
    parser.add_argument("answers", help="where the planted truth goes (JSON); not in the folder")
    parser.add_argument("--accounts", type=int, default=usual.n_accounts)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--kind", choices=KINDS, default=usual.kind)
    parser.add_argument("--partners", type=int, default=usual.n_partners)
    parser.add_argument("--years", type=int, default=usual.years)
    parser.add_argument("--end-date", type=date.fromisoformat, default=usual.end_date)
    asked = parser.parse_args()
    scenario = Scenario(
        n_accounts=asked.accounts,
        seed=asked.seed,
        kind=asked.kind,
        n_partners=asked.partners,
        years=asked.years,
        end_date=asked.end_date,
    )
    answers = generate(asked.folder, scenario, asked.answers)
    for stream, rows in answers["landed"]["rows"].items():
        print(f"{stream:<22}{rows:>12,}")


if __name__ == "__main__":
    main()
