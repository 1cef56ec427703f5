"""The documents that evidence is sought in: read once each, compared once a pair."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sandbox.verification.diff.changes import Change, Comparison, Place, Severity
from sandbox.verification.diff.comparison import compare
from sandbox.verification.diff.usage import Use, uses_of, with_hits
from sandbox.verification.gate.model import Book, Described, Published
from sandbox.verification.pacts_against_openapi.checking import Checked, check_pact
from sandbox.verification.pacts_against_openapi.messages import webhook_of
from sandbox.verification.pacts_against_openapi.operations import Api, called, read_api
from sandbox.verification.pacts_against_openapi.pact_file import Pact, parse_pact


class Shelf:
    """Documents by the hash of their text, as files for who reads files. Places have the names recorded."""

    def __init__(self, book: Book, folder: Path) -> None:
        self._book, self._folder = book, folder
        self._names: dict[str, str] = {}
        self._apis: dict[str, Api] = {}
        self._pacts: dict[str, Pact] = {}
        self._comparisons: dict[tuple[str, str], Comparison] = {}
        self._checked: dict[tuple[str, str], Checked] = {}

    def pact(self, published: Published) -> Pact:
        """A pact that is recorded."""
        key = published.text_hash
        if key not in self._pacts:
            self._pacts[key] = parse_pact(self._book.texts[key], published.file)
        return self._pacts[key]

    def checked(self, published: Published, described: Described) -> Checked:
        """A pact held against a document."""
        key = (published.text_hash, described.text_hash)
        if key not in self._checked:
            found = check_pact(self.pact(published), self._api(described))
            misfits = tuple(replace(one, in_document=self._named(one.in_document)) for one in found.misfits)
            self._checked[key] = replace(found, misfits=misfits)
        return self._checked[key]

    def breaking(self, old: Described, new: Described) -> list[Change]:
        """What breaks from one document to another, whoever uses it."""
        return [one for one in self._compared(old, new).changes if one.severity is Severity.BREAKING]

    def hits(self, published: Published, old: Described, new: Described) -> list[Change]:
        """What breaks from one document to another and is used by a pact."""
        compared = self._compared(old, new)
        if old.family == "events":  # a pact does not say on which channel its messages come
            return self.breaking(old, new)
        found = with_hits(compared, self._uses(published, old))
        return [one for one in found.changes if one.severity is Severity.BREAKING and one.hits]

    def _uses(self, published: Published, described: Described) -> list[Use]:
        http, found = self._api(described).http, []
        for one in self.pact(published).interactions:
            if one.kind == "http":
                operation = called(http, one.method, one.path)
                title = operation.operation.title if operation is not None else f"{one.method} {one.path}"
                found.append(uses_of(published.consumer, one, title))
            elif (meant := webhook_of(one, self._api(described))) is not None:
                use = uses_of(published.consumer, one, f"webhook {meant[0]}")
                found.append(replace(use, statuses=None))
        return found

    def has_webhooks(self, described: Described) -> bool:
        """Whether an OpenAPI document tells of what the provider sends of its own accord."""
        return bool(self._api(described).http.webhooks)

    def _compared(self, old: Described, new: Described) -> Comparison:
        key = (old.text_hash, new.text_hash)
        if key not in self._comparisons:
            found = compare(self._file(old), self._file(new))
            changes = tuple(
                replace(one, old=one.old and self._named(one.old), new=one.new and self._named(one.new))
                for one in found.changes
            )
            self._comparisons[key] = Comparison(found.kind, old.file, new.file, changes)
        return self._comparisons[key]

    def _api(self, described: Described) -> Api:
        if described.text_hash not in self._apis:
            self._apis[described.text_hash] = read_api(self._file(described))
        return self._apis[described.text_hash]

    def _file(self, described: Described) -> str:
        ending = ".yaml" if described.file.endswith((".yaml", ".yml")) else ".json"
        path = self._folder / f"{described.text_hash}{ending}"
        if str(path) not in self._names:
            path.write_text(self._book.texts[described.text_hash], encoding="utf-8")
        self._names[str(path)] = described.file
        return str(path)

    def _named(self, place: Place) -> Place:
        return replace(place, file=self._names.get(place.file, place.file))


@contextmanager
def open_shelf(book: Book) -> Iterator[Shelf]:
    """A shelf whose files are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sandbox-gate-") as folder:
        yield Shelf(book, Path(folder))
