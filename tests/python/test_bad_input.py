"""Bad input ends in a clear error or in a reject with its reason: never a traceback, never a silent drop."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml

from scripts import build, load, report
from scripts.contract import PROJECT
from scripts.errors import UserError

ACCOUNTS = "source,source_id,name,domain,created_at\n"
PARTNERS = "source,source_id,name\n"
TOUCHES = "source,source_id,partner_id,account_id,touch_type,occurred_at,evidence\n"

Lay = Callable[..., Path]


def problem(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load.find_tables(folder)
    return str(caught.value)


def test_missing_folder(tmp_path: Path) -> None:
    assert "no such folder" in problem(tmp_path / "nowhere")


def test_empty_folder(tmp_path: Path) -> None:
    message = problem(tmp_path)
    assert "no <stream>.csv or .parquet file" in message and "accounts" in message


def test_other_files_are_left_alone(contract_folder: Lay) -> None:
    folder = contract_folder(accounts=ACCOUNTS + "crm,1,Acme,acme.com,2024-01-01\n")
    (folder / "notes.txt").write_text("not ours")
    tables, remarks = load.find_tables(folder)
    assert not remarks and sum(table.path is not None for table in tables) == 1


def test_unknown_stream_names_the_nearest(contract_folder: Lay) -> None:
    message = problem(contract_folder(acounts=ACCOUNTS))
    assert "acounts.csv" in message and "did you mean accounts.csv" in message


def test_missing_required_column_names_file_and_column(contract_folder: Lay) -> None:
    message = problem(
        contract_folder(touches="source,source_id,partner_id,acount_id,touch_type,occurred_at\n")
    )
    assert "touches.csv" in message and "'account_id'" in message and "'acount_id'" in message


def test_column_twice(contract_folder: Lay) -> None:
    assert "appears twice" in problem(contract_folder(accounts="source,source_id,name,name\n"))


@pytest.mark.parametrize(
    ("delimiter", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
)
def test_wrong_delimiter(contract_folder: Lay, delimiter: str, word: str) -> None:
    message = problem(contract_folder(accounts=ACCOUNTS.replace(",", delimiter)))
    assert "accounts.csv" in message and word in message


def test_column_without_a_name(contract_folder: Lay) -> None:
    message = problem(contract_folder(accounts="source,source_id,name,\ncrm,1,Acme,\n"))
    assert "accounts.csv" in message and "column 4 has no name" in message


@pytest.mark.parametrize("rows", ["crm,1,A\r\ncrm,2,B\n", "crm,1,A\rB\n"])
def test_line_ends_that_differ(contract_folder: Lay, rows: str) -> None:
    folder = contract_folder()
    (folder / "partners.csv").write_bytes((PARTNERS + rows).encode())
    message = problem(folder)
    assert "partners.csv" in message and "line break" in message and "end every row" in message


def test_nul_is_named(contract_folder: Lay) -> None:
    message = problem(contract_folder(partners=PARTNERS + "crm,1,A\ncrm,2,B\0C\n"))
    assert "partners.csv" in message and "row 3" in message and "NUL" in message


def test_a_file_cannot_name_its_own_rows(contract_folder: Lay, tmp_path: Path) -> None:
    folder = contract_folder(partners="source,source_id,name,_file,_row\ncrm,1,A,other.csv,x\n")
    assert landed(folder, tmp_path) == [("crm", "1", "A", "partners.csv", 2)]


@pytest.mark.parametrize("name", ["source=billing", "data*", "data[1]", "who?", "it's"])
def test_a_folder_of_any_name_is_read_as_it_is(name: str, tmp_path: Path) -> None:
    """No pattern, and no partition that would overrule a column."""
    for folder, text in (("data1", "crm,1,B\n"), (name, "crm,1,A\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "partners.csv").write_text(PARTNERS + text)
    assert landed(tmp_path / name, tmp_path) == [("crm", "1", "A", "partners.csv", 2)]


def landed(folder: Path, tmp_path: Path) -> list[tuple]:
    tables, _ = load.find_tables(folder)
    load.load_duckdb(tables, "raw_files", tmp_path / "raw.duckdb")
    with duckdb.connect(str(tmp_path / "raw.duckdb")) as connection:
        return connection.execute("select * from raw_files.partners").fetchall()


def test_empty_file(contract_folder: Lay) -> None:
    assert "empty" in problem(contract_folder(accounts=""))


def test_row_that_does_not_fit_is_named(contract_folder: Lay) -> None:
    message = problem(
        contract_folder(
            accounts=ACCOUNTS + "crm,1,Acme,acme.com,2024-01-01\ncrm,2,Acme, Inc,x.com,2024-01-01\n"
        )
    )
    assert "accounts.csv" in message and "row 3" in message and "comma" in message


def test_open_quote_is_named(contract_folder: Lay) -> None:
    message = problem(contract_folder(accounts=ACCOUNTS + 'crm,1,"Acme,acme.com,2024-01-01\n'))
    assert "accounts.csv" in message and "quote" in message


def test_not_utf8(contract_folder: Lay) -> None:
    folder = contract_folder(accounts=ACCOUNTS)
    (folder / "accounts.csv").write_bytes(
        ACCOUNTS.encode() + "crm,1,Müller,m.de,2024-01-01\n".encode("latin-1")
    )
    assert "UTF-8" in problem(folder)


def test_not_parquet(contract_folder: Lay) -> None:
    folder = contract_folder(accounts=ACCOUNTS)
    (folder / "usage.parquet").write_bytes(b"no parquet at all")
    assert "usage.parquet" in problem(folder)


def test_one_stream_in_two_files(contract_folder: Lay) -> None:
    folder = contract_folder(accounts=ACCOUNTS)
    (folder / "accounts.parquet").write_bytes(b"")
    assert "also in accounts.csv" in problem(folder)


def test_unknown_column_is_said(contract_folder: Lay) -> None:
    _, remarks = load.find_tables(contract_folder(accounts="source,source_id,name,colour\n"))
    assert remarks == ["accounts.csv: not in the contract, left unread: colour"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{history_month: 3}", "Var 'history_month' is not a var"),
        ("{history_months", "not a mapping"),
        ("[1]", "give a mapping"),
    ],
)
def test_wrong_vars_are_refused_before_anything_runs(given: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        build.read_vars(given, None)


@pytest.fixture(scope="module")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with this one's vars, macros and check at start, and one model: it starts in a second."""
    folder = tmp_path_factory.mktemp("small_project")
    shutil.copytree(PROJECT / "macros", folder / "macros")
    shutil.copy(PROJECT / "profiles.yml", folder)
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    kept = {
        key: project[key]
        for key in ("name", "version", "config-version", "profile", "vars", "on-run-start")
    }
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(kept), encoding="utf-8")
    (folder / "models").mkdir()
    (folder / "models" / "one.sql").write_text("select 1 as one", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("connectors", ["salesforc"], "'salesforc' is not a connector"),
        ("connectors", [], "at least one of"),
        ("as_of_date", "2026-02-30", "is not a day"),
        ("as_of_date", "30.06.2026", "is not a day"),
        ("history_months", 0, "whole number of months"),
        ("trial_window_months", "many", "whole number of months"),
        ("reporting_currency", "dollars", "ISO 4217"),
        ("horizon", 3, "is not a var of this project"),
        ("as_of_date", "2024-02-29", None),
        ("trial_window_months", None, None),
    ],
)
def test_dbt_itself_refuses_wrong_vars(
    name: str,
    value: object,
    words: str | None,
    small_project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A team that runs dbt without our commands is told the same."""
    monkeypatch.setenv("ECOSYSTEM_DUCKDB", str(small_project / "small.duckdb"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(small_project / "target"))
    from dbt.cli.main import dbtRunner

    heard: list[str] = []
    runner = dbtRunner(callbacks=[lambda event: heard.append(event.info.msg)])
    folders = ["--project-dir", str(small_project), "--profiles-dir", str(small_project)]
    quiet = ["--quiet", "--log-path", str(small_project / "logs")]
    result = runner.invoke(["run", *folders, *quiet, "--vars", yaml.safe_dump({name: value})])
    if words is None:
        assert result.success, heard
    else:
        assert not result.success
        assert words in "\n".join(heard)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("build", "--data", "nowhere"), "no such folder"),
        (("build", "--data", ".", "--out", "x.db"), "no <stream>.csv"),
        (("build", "--dta", "x"), "No such option"),
        (("build", "--data", ".", "--target", "oracle"), "not one of duckdb, postgres"),
        (("demo", "--world", "flat"), "not one of planted"),
        (("workbook", "--xlsx", "README.md"), "README.md"),
    ],
)
def test_commands_end_without_traceback(arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)
    said = " ".join((result.stdout + result.stderr).replace("│", " ").split())
    assert result.returncode != 0
    assert words in said
    assert "Traceback" not in said


def test_awkward_rows_are_used_or_rejected_with_their_reason(
    contract_folder: Lay, tmp_path: Path
) -> None:
    folder = contract_folder(
        accounts=ACCOUNTS
        + 'crm,1,"O\'Hara ""Q"" & Sons",ohara.com,2024-01-01\n'
        + 'crm,2,"Two\nlines",two.com,2024-01-01\n'
        + "crm,3,<script>alert(1)</script>,three.com,2024-01-01\n"
        + "crm,4,=1+1,four.com,2024-01-01\n"
        + "crm,5,Twice,five.com,2024-01-01\n"
        + "crm,5,Twice again,five.com,2024-01-01\n"
        + "crm,6,,,2024-01-01\n"
        + ",7,No source,seven.com,2024-01-01\n"
        + "crm,8,Late,eight.com,2024-02-30\n"
        + "crm,9,Later,nine.com,3024-02-20\n",
        partners=PARTNERS + "crm,p1,Harbor\n",
        touches=TOUCHES
        + "crm,t1,p1,1,business_review,2024-05-01,observed\n"
        + "crm,t2,p9,1,business_review,2024-05-01,observed\n"
        + "crm,t3,p1,99,business_review,2024-05-01,observed\n"
        + "crm,t4,p1,1,juggling,2024-05-01,rumour\n",
    )
    database = build.build(build.folder_inputs(folder), tmp_path / "ecosystem.duckdb")
    marts = report.Marts(database)
    reasons = {
        (row["stream"], row["source_id"]): row["reject_reason"]
        for row in marts.rows("select * from staging.stg_rejects")
    }
    assert reasons == {
        ("accounts", "6"): "name or domain: missing",
        ("accounts", "7"): "source: missing",
        (
            "accounts",
            "8",
        ): 'created_at: "2024-02-30" is not a date or time such as 2025-03-31 or 2025-03-31T09:30:00Z',
        ("accounts", "9"): "created_at: 3024-02-20 is outside the date bounds",
        ("touches", "t2"): 'partner_id: no partners row "p9" in source "crm"',
        ("touches", "t3"): 'account_id: no accounts row "99" in source "crm"',
    }
    names = {row["account_name"] for row in marts.rows("select account_name from marts.accounts")}
    assert names == {
        'O\'Hara "Q" & Sons',
        "Two\nlines",
        "<script>alert(1)</script>",
        "=1+1",
        "Twice again",
    }
    counts = marts.rows("select * from marts.stream_reconciliation where stream = 'touches'")[0]
    assert (
        counts["n_loaded"],
        counts["n_used"],
        counts["n_rejected"],
        counts["n_other_values"],
    ) == (4, 2, 2, 1)
    superseded = marts.value(
        "select sum(n_superseded) from marts.stream_reconciliation where stream = 'accounts'"
    )
    assert superseded == 1
    kinds = {
        row["touch_type"] for row in marts.rows("select touch_type from marts.account_touches")
    }
    assert kinds == {"business_review", "other"}


def test_accounts_alone_build(contract_folder: Lay, tmp_path: Path) -> None:
    folder = contract_folder(accounts=ACCOUNTS + "crm,1,Acme,acme.com,2024-01-01\n")
    database = build.build(
        build.folder_inputs(folder), tmp_path / "ecosystem.duckdb", {"as_of_date": "2024-06-30"}
    )
    marts = report.Marts(database)
    assert marts.value("select count(*) from marts.accounts") == 1
    assert marts.value("select count(*) from marts.partner_csi") == 0
