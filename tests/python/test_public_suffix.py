"""Registered domains of the staging model against tldextract, on the snapshot that it brings."""

import csv
from collections.abc import Mapping

import duckdb
import pytest
import tldextract
from test_components import REPOSITORY, fill_table, run_dbt

MODEL = REPOSITORY / "models" / "staging" / "identity" / "records" / "stg_registrable_domains.sql"
SEEDS = REPOSITORY / "seeds" / "reference"

# each of these stands alone, and below one label, two and five
SUFFIXES = """
    com net org info io de fr uk jp us ck bd er fk co.uk org.uk ac.uk gov.uk com.au id.au co.nz
    co.jp or.jp com.br com.cn com.mx co.za co.in com.tr com.sg gouv.fr asso.fr tokyo.jp
    chiyoda.tokyo.jp kawasaki.jp city.kawasaki.jp sch.uk nom.br k12.ma.us pvt.k12.ma.us ca.us gc.ca
    qc.ca act.edu.au oslo.no github.io gitlab.io herokuapp.com azurewebsites.net blogspot.com
    pages.dev s3.amazonaws.com s3.eu-west-1.amazonaws.com compute.amazonaws.com elb.amazonaws.com
    eu-west-1.compute.amazonaws.com cloudfront.net myshopify.com uk.com co.com xn--p1ai рф 公司.cn
    xn--55qx5d.cn 中国 香港 個人.hk xn--gmqw5a.hk unknowntld corp co.unknowntld
"""
BELOW = ("", "example.", "www.example.", "e.d.c.b.example.")
# a wildcard and what it does not hold for; ends that only look like a suffix
HOSTS = """
    www.ck a.www.ck b.a.www.ck other.ck a.other.ck b.a.other.ck city.kobe.jp a.city.kobe.jp kobe.jp
    x.kobe.jp a.x.kobe.jp b.a.x.kobe.jp teledata.mz a.teledata.mz x.mz bd com.bd a.com.bd b.a.com.bd
    bucket.s3.amazonaws.com a.bucket.s3.amazonaws.com amazonaws.com x.amazonaws.com
    ec2-1-2-3-4.eu-west-1.compute.amazonaws.com x.y.z.compute.amazonaws.com
    notgithub.io xgithub.io githubio.com co-uk.com aco.uk a.aco.uk 3m.com xn--mnchen-3ya.de
    münchen.de www.münchen.de 食狮.公司.cn a.b.c.d.e.f.g.h.example.com www.parliament.uk parliament.uk
    www.bl.uk
"""
# `*.futurecms.at` makes the first of these a suffix. As `*.ex.futurecms.at` stands too, tldextract
# follows `ex` and does not come back to the wildcard.
MISSED_BY_TLDEXTRACT = """
    ex.futurecms.at in.futurecms.at oci.customer-oci.com ocp.customer-oci.com ocs.customer-oci.com
    privatelink.snowflake.app sub.wc.psl.hrsn.dev svc.firenet.ch
"""

extract = tldextract.TLDExtract(
    cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True
)


def rules_of_the_seed() -> list[str]:
    with (SEEDS / "public_suffixes.csv").open(encoding="utf-8", newline="") as file:
        return [row["rule"] for row in csv.DictReader(file)]


def hosts_of_each_rule() -> list[str]:
    """Each rule of the seed as a host, and hosts one and two labels below it."""
    rules = [rule.removeprefix("!") for rule in rules_of_the_seed()]
    suffixes = [rule.replace("*", "any") for rule in rules]
    parents = [rule.removeprefix("*.") for rule in rules]
    return [f"{below}{suffix}" for suffix in [*suffixes, *parents] for below in ("", "a.", "b.a.")]


def varied_hosts() -> list[str]:
    return [*(f"{below}{suffix}" for suffix in SUFFIXES.split() for below in BELOW), *HOSTS.split()]


def expected_domain(host: str) -> str | None:
    """The domain by tldextract; a suffix that the list lacks is the last label, as the list says."""
    found = extract(host)
    if host in MISSED_BY_TLDEXTRACT.split():
        return None
    if found.suffix:
        return found.top_domain_under_public_suffix or None
    return ".".join(host.split(".")[-2:]) if "." in host else None


@pytest.fixture(scope="module")
def domains(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[str | None, ...]]:
    """Registered domain, why it is shared, and registrable domain of each host, from the model."""
    hosts = sorted({*varied_hosts(), *hosts_of_each_rule(), "mail.gmail.com", "acme.gmail.com.au"})

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        for name in ("public_suffixes", "shared_domains"):
            connection.execute(f"create table raw.{name} as from read_csv('{SEEDS / name}.csv')")
        rows = [(host,) for host in [*hosts, *hosts[:5], None]]
        half = len(rows) // 2
        fill_table(connection, "stg_accounts__checked", {"domain": "text"}, rows[:half])
        fill_table(connection, "stg_partners__checked", {"domain": "text"}, rows[half:])

    tables = (
        "public_suffixes",
        "shared_domains",
        "stg_accounts__checked",
        "stg_partners__checked",
    )
    models = {name: f"select * from raw.{name}" for name in tables}
    models[MODEL.stem] = MODEL.read_text(encoding="utf-8")
    database = run_dbt(tmp_path_factory.mktemp("suffixes"), models, fill)
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            f"select host, registered_domain, shared_kind, registrable_domain from {MODEL.stem}"
        ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    # a bare label is no host, so nothing is said of it
    bare = {host for host in hosts if "." not in host.strip(".")}
    assert len(rows) == len(found) == len(hosts) - len(bare)
    return found | dict.fromkeys(bare, (None, None, None))


def wrong(
    domains: Mapping[str, tuple[str | None, ...]], hosts: list[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Hosts whose domain differs: by the model, by tldextract."""
    pairs = {host: (domains[host][0], expected_domain(host)) for host in hosts}
    return {host: pair for host, pair in pairs.items() if pair[0] != pair[1]}


def test_varied_hosts(domains: Mapping[str, tuple[str | None, ...]]) -> None:
    hosts = varied_hosts()
    assert len(hosts) > 300
    assert not wrong(domains, hosts)


def test_every_rule_of_the_list(domains: Mapping[str, tuple[str | None, ...]]) -> None:
    assert not wrong(domains, hosts_of_each_rule())


def test_seed_holds_the_whole_list() -> None:
    """Rules of two or more labels; the seed has those in other scripts in ASCII too."""
    assert {rule for rule in extract.tlds if "." in rule} <= set(rules_of_the_seed())


def test_known_domains(domains: Mapping[str, tuple[str | None, ...]]) -> None:
    """What the list means, without asking another program."""
    known = {
        "www.example.co.uk": "example.co.uk",
        "co.uk": None,
        "a.other.ck": "a.other.ck",
        "other.ck": None,
        "b.a.www.ck": "www.ck",
        "kobe.jp": "kobe.jp",
        "a.x.kobe.jp": "a.x.kobe.jp",
        "a.city.kobe.jp": "city.kobe.jp",
        "www.example.github.io": "example.github.io",
        "github.io": None,
        "a.bucket.s3.amazonaws.com": "bucket.s3.amazonaws.com",
        "www.example.unknowntld": "example.unknowntld",
        "com": None,
    }
    assert {host: domains[host][0] for host in known} == known


def test_shared_domains_identify_nobody(domains: Mapping[str, tuple[str | None, ...]]) -> None:
    assert domains["mail.gmail.com"] == ("gmail.com", "free_mail", None)
    assert domains["acme.gmail.com.au"] == ("gmail.com.au", None, "gmail.com.au")
    assert domains["www.example.com"][1:] == (None, "example.com")
