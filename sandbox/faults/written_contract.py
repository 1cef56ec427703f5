"""A change of a system's contract as people write it."""

from __future__ import annotations

from pydantic import Field

from sandbox.faults.atoms import Atom, ContractAtom
from sandbox.faults.contract.edit import WireEdit
from sandbox.faults.written_parts import Timed


class ContractChanged(Timed):
    """A system speaks another contract for a time, told as edits of the wire (`sandbox contracts rehearse`)."""

    kind = "contract_change"
    system: str
    edits: tuple[WireEdit, ...] = Field(description="what is refused, and what is said otherwise")
    what: str = Field("", description="the change in words")
    stays: bool = Field(False, description="it is never rolled back")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return ContractAtom(
            id=name, system=self.system, window=self.window(span_us), edits=self.edits, what=self.what, stays=self.stays
        )
