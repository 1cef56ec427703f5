"""The ledger of a system that is not ours: derived facts in their order, kept in a file over restarts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

from mock_systems.kit.ledger import Fact, Ledger
from sandbox.worlds.live.derived.adapter import Derived, Opened
from sandbox.worlds.live.proxy.subjects import Maker

_encoded: Final = json.JSONEncoder(separators=(",", ":")).encode
_Key = tuple[str, str, int]


class DerivedBooks:
    """The facts of `system`, in `file`. `complete_us`: whatever happened before that time is among them.

    `opened`: the balances before the first call, once they are read.

    `maker_of` says by which call a document was made, as far as somebody saw it. `run_time` turns a time that the
    system shows into the run's.
    """

    def __init__(
        self, system: str, file: Path, maker_of: Callable[[str], Maker], run_time: Callable[[int], int]
    ) -> None:
        self.ledger = Ledger(system)
        self.complete_us = 0
        self.opened: Opened | None = None
        self._maker_of = maker_of
        self._run_time = run_time
        self._known: dict[_Key, None] = {}
        self._ahead: list[Derived] = []
        self._file = self._at_its_end(file)

    def open(self, opened: Opened) -> None:
        """Keep the opening, which is read once; `begin` writes its balances down."""
        self.opened = opened
        facts = [asdict(one) for one in opened.facts]
        self._keep({"opening": facts, "mark": opened.mark})

    def begin(self, begins_us: int) -> None:
        """The run begins at this time: with the balances of the opening."""
        assert self.opened is not None, "open comes first"
        self.complete_us = max(self.complete_us, begins_us)
        self.take(self.opened.facts, begins_us)

    def take(self, found: Iterable[Derived], read_us: int) -> None:
        """Write down what a reading found that began at `read_us`; what is known already is passed over.

        A fact of no known time is of `read_us`. What happened after the reading began waits for the next one, for this
        may have missed what came just before it.
        """
        timed = [(self._time_of(one, read_us), one) for one in (*self._ahead, *found)]
        self._ahead = [one for at_us, one in timed if at_us > read_us]
        for at_us, one in sorted(timed, key=lambda each: each[0]):
            if at_us <= read_us:
                self._write(at_us, one)
        self.complete_us = max(self.complete_us, read_us)

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def _time_of(self, one: Derived, read_us: int) -> int:
        """Its time in the run; what is told late is of the time up to which all was told."""
        return read_us if one.at_us is None else max(self.complete_us, self._run_time(one.at_us))

    def _write(self, at_us: int, one: Derived) -> None:
        key = (one.kind, one.entity, one.version)
        if key in self._known:
            return
        self._known[key] = None
        maker = self._maker_of(one.made or one.caused or "")
        fence = maker.fence if one.made else None
        fact = self.ledger.append(at_us, one.kind, one.entity, one.order, one.data, one.trace or maker.trace, fence)
        self._keep([one.version, *fact])

    def _keep(self, line: Any) -> None:
        self._file.write(_encoded(line) + "\n")
        self._file.flush()

    def _at_its_end(self, path: Path) -> IO[str]:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            self._load(path)
        return path.open("a")

    def _load(self, path: Path) -> None:
        whole = 0
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break  # it broke off with the process, and will be read from the system again
                whole += len(line)
                self._load_line(json.loads(line))
        os.truncate(path, whole)

    def _load_line(self, line: Any) -> None:
        if isinstance(line, dict):
            self.opened = Opened([Derived(**one) for one in line["opening"]], line["mark"])
            return
        version, *kept = line
        fact = Fact(*kept)
        self._known[fact.kind, fact.entity, version] = None
        self.complete_us = fact.at_us
        self.ledger.facts.append(fact)
        self.ledger.written = fact.seq
