"""Atoms as the systems take them: the same faults at a door and of webhooks, in virtual time and live."""

from __future__ import annotations

from typing import Final

from mock_systems.kit.faults import FOREVER_US, CallFault, WebhookFault
from sandbox.faults.atoms import CallAtom, ContractAtom, WebhookAtom
from sandbox.faults.contract.change import ContractChange

_KIT_KINDS: Final = {"outage": "refuse", "duplicate_call": "duplicate", "poisoned_rows": "poisoned"}


def call_fault(atom: CallAtom, start_us: int) -> CallFault:
    """The fault at a door, in a run that starts at `start_us`."""
    retry_after_s = None if atom.retry_after_us is None else atom.retry_after_us / 1_000_000
    return CallFault(
        id=atom.id,
        kind=_KIT_KINDS.get(atom.kind, atom.kind),
        operation=atom.operation,
        order=atom.order,
        occurrence=atom.occurrence,
        share=atom.share,
        from_us=start_us + atom.window.from_us,
        until_us=start_us + atom.window.until_us,
        delay_us=atom.delay_us,
        factor=atom.factor,
        status=atom.status,
        retry_after_s=retry_after_s,
        retry_after_form=atom.retry_after_form,
        reset=atom.reset,
        html=atom.html,
        poison=atom.poison,
    )


def webhook_fault(atom: WebhookAtom, start_us: int) -> WebhookFault:
    """The fault of webhooks, in a run that starts at `start_us`."""
    return WebhookFault(
        id=atom.id,
        kind=atom.kind.removeprefix("webhook_"),
        topic=atom.topic,
        order=atom.order,
        occurrence=atom.occurrence,
        share=atom.share,
        from_us=start_us + atom.window.from_us,
        until_us=start_us + atom.window.until_us,
        delay_us=atom.delay_us,
        poison=atom.poison,
    )


def contract_change(atom: ContractAtom, start_us: int) -> ContractChange:
    """The change of a contract, in a run that starts at `start_us`."""
    until_us = FOREVER_US if atom.stays else start_us + atom.window.until_us
    return ContractChange(atom.id, atom.system, atom.edits, start_us + atom.window.from_us, until_us)
