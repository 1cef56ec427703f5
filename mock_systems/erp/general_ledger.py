"""The general ledger: every entry has one debit and one credit of the same amount, so it balances by construction."""

from __future__ import annotations

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
INVENTORY = "inventory"
OPENING_EQUITY = "opening_equity"
REVENUE = "revenue"


class JournalEntry(NamedTuple):
    """One posting: `amount_minor` from the credited to the debited account."""

    journal_entry: str
    posted_at_us: int
    document: str
    debit: str
    credit: str
    amount_minor: int

    def legs(self) -> list[replies.GlLine]:
        """Both sides, as the fact and the API show them."""
        return [
            {"account": self.debit, "debit_minor": self.amount_minor, "credit_minor": 0},
            {"account": self.credit, "debit_minor": 0, "credit_minor": self.amount_minor},
        ]


class GeneralLedger:
    """All journal entries, and what they add up to for each account."""

    def __init__(self) -> None:
        self.entries: list[JournalEntry] = []
        self._debits: dict[str, int] = {}
        self._credits: dict[str, int] = {}

    def post(self, turn: Turn, document: str, order: str | None, debit: str, credit: str, amount_minor: int) -> None:
        """Post `amount_minor` for `document`; a fact `gl.posted`."""
        number = f"JE-{len(self.entries) + 1:06d}"
        entry = JournalEntry(number, turn.now_us, document, debit, credit, amount_minor)
        self.entries.append(entry)
        self._debits[debit] = self._debits.get(debit, 0) + amount_minor
        self._credits[credit] = self._credits.get(credit, 0) + amount_minor
        turn.fact("gl.posted", number, order, {"document": document, "entries": entry.legs()})

    def trial_balance(self) -> list[replies.GlLine]:
        """Each account, by name, with its debits and credits since the opening."""
        return [
            {
                "account": account,
                "debit_minor": self._debits.get(account, 0),
                "credit_minor": self._credits.get(account, 0),
            }
            for account in sorted(self._debits.keys() | self._credits.keys())
        ]


def get_trial_balance(books: Books, turn: Turn) -> Reply:
    """Operation getTrialBalance."""
    accounts = books.gl.trial_balance()
    body = {
        "accounts": accounts,
        "debit_minor": sum(a["debit_minor"] for a in accounts),
        "credit_minor": sum(a["credit_minor"] for a in accounts),
    }
    return Reply(200, body)


def list_journal(books: Books, turn: Turn) -> Reply:
    """Operation listJournal."""
    entries, next_cursor = page_by_position(books.gl.entries, turn.query.cursor, turn.query.limit)
    return Reply(200, {"items": [_shown(entry) for entry in entries], "next_cursor": next_cursor})


def _shown(entry: JournalEntry) -> replies.Posting:
    return {
        "journal_entry": entry.journal_entry,
        "posted_at_us": entry.posted_at_us,
        "document": entry.document,
        "entries": entry.legs(),
    }
