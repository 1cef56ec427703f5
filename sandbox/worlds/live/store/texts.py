"""How keys, index values and rows are written in a database: as text that keeps their order and their difference."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from sandbox.core.ports import Row

# PostgreSQL's text has no zero character and no database's text has lone surrogates, but ids out of foreign bodies may.
_RARE: Final = re.compile("[\x00\x01\ud800-\udfff\ue000]")
_ESCAPED: Final = re.compile("\x01[\x01\x02]|\ue000.", re.DOTALL)
# Two such texts side by side still fit into an index of PostgreSQL, which takes 2,704 bytes.
BYTES_MAX: Final = 1_200
_FIRST_SURROGATE: Final = 0xD800
_encode_row: Final = json.JSONEncoder(separators=(",", ":")).encode


def key_text(key: str) -> str:
    """A key as it is kept. Texts sort by code points as their keys do, and no two keys have the same.

    Raises ValueError for a key of more than 1,200 bytes.
    """
    return _short(key if key.isascii() and key.isprintable() else _RARE.sub(_escape, key))


def key_of(text: str) -> str:
    """The key whose text this is."""
    return text if text.isascii() and text.isprintable() else _ESCAPED.sub(_unescape, text)


def index_text(value: Any) -> str | None:
    """An indexed field's value as it is kept: 7 and "7" differ, and None is in no index.

    Raises ValueError for one of more than 1,200 bytes.
    """
    if value is None:
        return None
    return _short(json.dumps(int(value) if isinstance(value, bool) else value))


def row_text(row: Row) -> str:
    """A row as JSON, its fields in their order. Raises TypeError where a value is none of JSON's."""
    return _encode_row(row)


def _short(text: str) -> str:
    if len(text) * 4 > BYTES_MAX and len(text.encode()) > BYTES_MAX:
        raise ValueError(f"a key or an indexed field has at most {BYTES_MAX:,} bytes: {text[:40]!r}...")
    return text


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char < "\x02":
        return "\x01" + chr(ord(char) + 1)
    if char == "\ue000":
        return "\ue000\ue000"
    return "\ue000" + chr(0x100 + ord(char) - _FIRST_SURROGATE)


def _unescape(match: re.Match[str]) -> str:
    first, second = match[0][0], match[0][1]
    if first == "\x01":
        return chr(ord(second) - 1)
    return second if second == "\ue000" else chr(_FIRST_SURROGATE + ord(second) - 0x100)
