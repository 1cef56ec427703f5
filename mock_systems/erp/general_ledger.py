"""The general ledger: every entry is in one currency, and its debits equal its credits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from mock_systems.erp import replies
from mock_systems.kit.listing import page_by_position
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books

ACCOUNTS_RECEIVABLE = "accounts_receivable"
BANK = "bank"
COST_OF_GOODS_SOLD = "cost_of_goods_sold"
GOODS_RECEIVED = "goods_received_not_invoiced"
INVENTORY = "inventory"
INVENTORY_VARIANCE = "inventory_variance"
OPENING_EQUITY = "opening_equity"
REVENUE = "revenue"
TAX_PAYABLE = "tax_payable"
WRITE_OFF = "write_off"


def debit(account: str, amount_minor: int) -> replies.GlLine:
    """A leg that debits an account."""
    return {"account": account, "debit_minor": amount_minor, "credit_minor": 0}


def credit(account: str, amount_minor: int) -> replies.GlLine:
    """A leg that credits an account."""
    return {"account": account, "debit_minor": 0, "credit_minor": amount_minor}


class JournalEntry(NamedTuple):
    """One posting of a document, in one currency."""

    journal_entry: str
    posted_at_us: int
    document: str
    currency: str
    legs: Sequence[replies.GlLine]


class GeneralLedger:
    """All journal entries, and what they add up to for each currency and account."""

    def __init__(self, base_currency: str) -> None:
        self.entries: list[JournalEntry] = []
        self._base = base_currency
        self._sums: dict[tuple[str, str], list[int]] = {}

    def post(
        self,
        turn: Turn,
        document: str,
        order: str | None,
        debited: str,
        credited: str,
        amount_minor: int,
        currency: str | None = None,
    ) -> None:
        """Post `amount_minor` from one account to another; in the base currency where none is given."""
        self.post_legs(turn, document, order, (debit(debited, amount_minor), credit(credited, amount_minor)), currency)

    def post_legs(
        self,
        turn: Turn,
        document: str,
        order: str | None,
        legs: Sequence[replies.GlLine],
        currency: str | None = None,
    ) -> None:
        """Post an entry of several legs for `document`; a fact `gl.posted`. Raises ValueError if it doesn't balance."""
        balance = 0
        entry = JournalEntry(
            f"JE-{len(self.entries) + 1:06d}", turn.now_us, document, currency or self._base, list(legs)
        )
        for leg in entry.legs:
            sums = self._sums.setdefault((entry.currency, leg["account"]), [0, 0])
            sums[0] += leg["debit_minor"]
            sums[1] += leg["credit_minor"]
            balance += leg["debit_minor"] - leg["credit_minor"]
        if balance:
            raise ValueError(f"{document}: debits and credits differ by {balance}")
        self.entries.append(entry)
        data = {"document": document, "currency": entry.currency, "entries": entry.legs}
        turn.fact("gl.posted", entry.journal_entry, order, data)

    def trial_balance(self) -> list[replies.AccountBalance]:
        """Each account, by currency and name, with its debits and credits since the opening."""
        return [
            {"currency": currency, "account": account, "debit_minor": debit_minor, "credit_minor": credit_minor}
            for (currency, account), (debit_minor, credit_minor) in sorted(self._sums.items())
        ]


def get_trial_balance(books: Books, turn: Turn) -> Reply:
    """Operation getTrialBalance."""
    accounts = books.gl.trial_balance()
    totals: dict[str, replies.CurrencyTotal] = {}
    for row in accounts:
        currency = row["currency"]
        total = totals.setdefault(currency, {"currency": currency, "debit_minor": 0, "credit_minor": 0})
        total["debit_minor"] += row["debit_minor"]
        total["credit_minor"] += row["credit_minor"]
    return Reply(200, {"accounts": accounts, "totals": list(totals.values())})


def list_journal(books: Books, turn: Turn) -> Reply:
    """Operation listJournal."""
    entries, next_cursor = page_by_position(books.gl.entries, turn.query.cursor, turn.query.limit)
    return Reply(200, {"items": [_shown(entry) for entry in entries], "next_cursor": next_cursor})


def _shown(entry: JournalEntry) -> replies.Posting:
    return {
        "journal_entry": entry.journal_entry,
        "posted_at_us": entry.posted_at_us,
        "document": entry.document,
        "currency": entry.currency,
        "entries": list(entry.legs),
    }
