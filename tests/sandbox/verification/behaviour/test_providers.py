"""Every check passes on an API that behaves, and fails on one with the bad habit that it is there for."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path

import pytest
import trustme

from sandbox.verification.behaviour.checks import CHECKS, chosen
from sandbox.verification.behaviour.result import Result, Verdict
from sandbox.verification.behaviour.run import Checked, Ways, check_provider, given
from sandbox.verification.behaviour.suite import Suite
from tests.sandbox.verification.behaviour.wholesaler import PROFILE, SECRET, TOKEN, Wholesaler, document, serving

ENVIRONMENT = {"WHOLESALER_TOKEN": TOKEN, "WHOLESALER_SECRET": SECRET}
KEYS = ("key-repeated", "key-reused", "key-concurrent", "key-missing")
RETRIES = ("retry-lost-reply", "retry-late-commit", "retry-doubled")
UPDATES = ("lost-update", "lost-update-race", "lost-update-unconditional")
FAULTS = ("retry-after", "retry-after-honoured", "fault-problem", "fault-declared", "fault-whole")
HOOKS = ("webhook-signed", "webhook-redelivered")

# Habit -> the checks that must fail, of those that are made.
HABITS = {
    "forgets-keys": ({"key-repeated", "key-reused", "key-concurrent", *RETRIES}, (*KEYS, *RETRIES)),
    "any-body-will-do": ({"key-reused"}, KEYS),
    "looks-before-it-leaps": ({"key-reused", "key-concurrent"}, KEYS),
    "needs-no-key": ({"key-missing"}, KEYS),
    "overwrites": ({"lost-update", "lost-update-race"}, UPDATES),
    "overwrites-and-refuses": ({"lost-update"}, UPDATES),
    "checks-then-writes": ({"lost-update-race"}, UPDATES),
    "asks-for-no-version": ({"lost-update-unconditional"}, UPDATES),
    "newest-first": ({"cursor-stable"}, ("cursor-stable",)),
    "skips-a-row": ({"cursor-stable"}, ("cursor-stable",)),
    "never-ends": ({"cursor-stable"}, ("cursor-stable",)),
    "signs-wrongly": ({"webhook-signed", "webhook-redelivered"}, HOOKS),
    "old-times": ({"webhook-signed", "webhook-redelivered"}, HOOKS),
    "one-id-for-all": ({"webhook-signed"}, ("webhook-signed",)),
    "another-id-each-time": ({"webhook-redelivered"}, HOOKS),
    "never-comes-again": ({"webhook-redelivered"}, HOOKS),
    "no-retry-after": ({"retry-after"}, FAULTS),
    "come-back-tomorrow": ({"retry-after"}, FAULTS),
    "soon": ({"retry-after"}, FAULTS),
    "never-lets-in": ({"retry-after-honoured"}, FAULTS),
    "html-errors": ({"fault-problem", "fault-declared"}, FAULTS),
    "wrong-status": ({"fault-problem"}, FAULTS),
    "undeclared": ({"fault-declared"}, FAULTS),
    "half-writes": ({"fault-whole"}, FAULTS),
    "keeps-a-half": ({"fault-whole"}, FAULTS),
}


def checked(
    folder: Path,
    habit: str,
    checks: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    profile: str = PROFILE,
    shop: Wholesaler | None = None,
) -> list[Result]:
    """The results for a wholesaler with a habit."""
    (folder / "wholesaler.json").write_text(json.dumps(document()))
    (folder / "profile.yaml").write_text(profile)
    one = Checked("wholesaler", Suite(chosen(list(checks)), only))

    async def run() -> None:
        async with serving((shop or Wholesaler(habit)).app) as url:
            what = given(None, folder / "profile.yaml")
            await check_provider(one, what, url, ENVIRONMENT, Ways())

    asyncio.run(run())
    return one.suite.results


def of(results: list[Result], verdict: Verdict) -> set[str]:
    """The checks that came to this for some operation."""
    return {one.check for one in results if one.verdict is verdict}


def test_an_api_that_behaves_passes_every_check(tmp_path: Path) -> None:
    results = checked(tmp_path, "")
    assert not [one for one in results if one.verdict is Verdict.FAIL]
    of_providers = {check.id for check in CHECKS if check.of != "receiver"}
    assert of(results, Verdict.PASS) == of_providers


# One for each check; the others are variations, and kept for the long tests.
SOON_TESTED = (
    "forgets-keys", "needs-no-key", "overwrites", "asks-for-no-version", "newest-first", "signs-wrongly", "soon",
    "never-lets-in", "html-errors", "keeps-a-half",
)  # fmt: skip


@pytest.mark.parametrize(
    "habit",
    [habit if habit in SOON_TESTED else pytest.param(habit, marks=pytest.mark.campaign) for habit in HABITS],
)
def test_each_bad_habit_fails_its_check(habit: str, tmp_path: Path) -> None:
    wanted, checks = HABITS[habit]
    only = () if checks[0] in (*UPDATES, *HOOKS, "cursor-stable") else ("createOrder",)
    results = checked(tmp_path, habit, checks, only)
    failed = [one for one in results if one.verdict is Verdict.FAIL]
    assert {one.check for one in failed} == wanted, [(one.check, one.verdict, one.detail) for one in results]
    assert all(one.evidence for one in failed)
    assert TOKEN not in json.dumps([one.as_json() for one in results])


def test_a_write_without_its_condition_may_be_refused_in_the_words_of_a_framework(tmp_path: Path) -> None:
    results = checked(tmp_path, "asks-as-a-framework-does", ("lost-update-unconditional",), ("changeOrder",))
    assert [(one.verdict, one.detail) for one in results] == [(Verdict.PASS, "refused with 422")]


def test_a_call_that_has_to_succeed_first_has_a_key_where_one_is_required_and_else_says_why(tmp_path: Path) -> None:
    """The profile gives none: with it each change begins with an order."""
    of_changes = (("lost-update",), ("changeOrder",))
    assert of(checked(tmp_path, "", *of_changes), Verdict.PASS) == {"lost-update"}
    by_url = PROFILE.replace("- operation: createOrder\n", "- method: POST\n        url: /orders\n", 1)
    results = checked(tmp_path, "", *of_changes, by_url)
    assert [one.verdict for one in results] == [Verdict.NOT_TESTED]
    assert "/orders: 400 {" in results[0].detail
    assert "no idempotency key" in results[0].detail


def test_every_check_of_providers_has_a_habit_that_fails_it() -> None:
    failing = set().union(*(HABITS[habit][0] for habit in SOON_TESTED))
    assert failing == {check.id for check in CHECKS if check.of != "receiver"}


def test_what_cannot_be_tested_says_why(tmp_path: Path) -> None:
    (tmp_path / "wholesaler.json").write_text(json.dumps(document()))
    one = Checked("wholesaler", Suite())

    async def run() -> None:
        async with serving(Wholesaler().app) as url:
            await check_provider(one, given(str(tmp_path / "wholesaler.json"), None), url, {}, Ways())

    asyncio.run(run())
    assert {result.verdict for result in one.suite.results} == {Verdict.NOT_TESTED}
    assert all(result.detail for result in one.suite.results)
    reasons = {result.check: result.detail for result in one.suite.results if result.operation == "createOrder"}
    assert reasons["key-repeated"] == "there is no sample body: neither the profile nor the document has one"
    assert "give `degrade` in the profile" in reasons["retry-after"]
    assert one.outcome().verdict == "unknown"


def test_a_limit_that_many_calls_at_once_run_into_is_enough(tmp_path: Path) -> None:
    """No switch is needed where an API has a real limit."""
    profile = PROFILE[: PROFILE.index("degrade:")] + "degrade: {burst: {operation: createOrder, calls: 20}}\n"
    shop = Wholesaler()
    shop.limit = 5
    results = checked(tmp_path, "", ("retry-after", "retry-after-honoured"), ("createOrder",), profile, shop)
    assert [one.verdict for one in results] == [Verdict.PASS, Verdict.PASS]
    shop = Wholesaler("no-retry-after")
    shop.limit = 5
    results = checked(tmp_path, "", ("retry-after",), ("createOrder",), profile, shop)
    assert [one.verdict for one in results] == [Verdict.FAIL]


def test_an_api_behind_https_is_checked_through_the_proxy_as_well(tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    (tmp_path / "wholesaler.json").write_text(json.dumps(document()))
    (tmp_path / "profile.yaml").write_text(PROFILE)
    trusted, stranger = (Checked("wholesaler", Suite(chosen(["retry-lost-reply"]), ("createOrder",))) for _ in range(2))

    async def run() -> None:
        what = given(None, tmp_path / "profile.yaml")
        async with serving(Wholesaler().app, tls) as url:
            await check_provider(trusted, what, url, ENVIRONMENT, Ways(ca=tmp_path / "ca.pem"))
            await check_provider(stranger, what, url, ENVIRONMENT, Ways())

    asyncio.run(run())
    assert [one.verdict for one in trusted.suite.results] == [Verdict.PASS]
    assert [one.verdict for one in stranger.suite.results] == [Verdict.NOT_TESTED]
