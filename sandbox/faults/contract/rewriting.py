"""What edits make of a body, of headers and of a query: copies, never the values that were handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from sandbox.faults.contract.edit import EVERYWHERE, WireEdit
from sandbox.faults.contract.places import GONE, changed, steps_of
from sandbox.faults.contract.retyping import retyped

# Whether an edit is done at a place: told what the place is about.
Chosen = Callable[[WireEdit, str], bool]


def with_body_edited(body: Any, edit: WireEdit, chosen: Chosen) -> Any:
    """The body after one edit of a value in it; the same object where nothing changed."""
    steps = steps_of(edit.path)
    if edit.do == "move":
        return _moved(body, steps, edit, chosen)

    def act(value: Any, around: Any) -> Any:
        if edit.share < EVERYWHERE and not chosen(edit, about(around)):
            return value
        return edited(value, edit)

    made = changed(body, steps, act)
    return None if made is GONE else made


def edited(value: Any, edit: WireEdit) -> Any:
    """One value, or GONE for one that is missing, after an edit."""
    if edit.do == "add":
        return edit.value if value is GONE else value
    if value is GONE or edit.do == "drop":
        return GONE
    if edit.do == "retype":
        return retyped(value, edit.value)
    if edit.do == "lengthen":
        return value.ljust(edit.value, "x") if isinstance(value, str) else value
    return None if edit.do == "nullify" else edit.value


def with_names_edited(values: Mapping[str, str], edit: WireEdit, name: str, chosen: Chosen) -> Mapping[str, str]:
    """Headers or a query after one edit of the value under a name."""
    if edit.share < EVERYWHERE and not chosen(edit, values.get(name, "")):
        return values
    before: Any = values.get(name, GONE)
    if edit.do == "move":
        return values if before is GONE else {edit.value if key == name else key: one for key, one in values.items()}
    after = edited(before, edit)
    if after is before:
        return values
    kept = {key: one for key, one in values.items() if key != name}
    return kept if after is GONE else {**kept, name: str(after)}


def about(around: Any) -> str:
    """What an object is about: the first of its texts, mostly its number; else the first of its plain values."""
    if not isinstance(around, dict):
        return str(around)
    plain = [value for value in around.values() if isinstance(value, str | int)]
    return next((value for value in plain if isinstance(value, str)), str(plain[0]) if plain else "")


def as_text(body: Any, media: str) -> Any:
    """A body as another media type writes it: JSON as it is, anything else as plain XML."""
    if media.split(";")[0].endswith(("/json", "+json")):
        return body
    return f'<?xml version="1.0" encoding="UTF-8"?><answer>{_xml(body)}</answer>'


def _moved(body: Any, steps: tuple[str, ...], edit: WireEdit, chosen: Chosen) -> Any:
    *above, old = steps

    def act(value: Any, around: Any) -> Any:
        if not isinstance(value, dict) or old not in value or not chosen(edit, about(value)):
            return value
        return {edit.value if key == old else key: one for key, one in value.items()}

    return changed(body, tuple(above), act)


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_xml(below)}</{key}>" for key, below in value.items())
    if isinstance(value, list):
        return "".join(f"<entry>{_xml(below)}</entry>" for below in value)
    return "" if value is None else escape(str(value))
