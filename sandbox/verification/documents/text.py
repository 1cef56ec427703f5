"""Where a document's text comes from: a file or a URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx

from sandbox.errors import InputError

_TIMEOUT_S = 30.0


def is_url(where: str) -> bool:
    """Whether `where` is fetched by HTTP."""
    return where.startswith(("http://", "https://"))


def full_place(where: str, base: str | None = None) -> str:
    """The absolute path or URL of `where`, seen from the document at `base`; a fragment is left out."""
    plain = urldefrag(where)[0]
    if is_url(plain) or (base is not None and is_url(base)):
        return urljoin(base or "", plain)
    path = Path(plain.removeprefix("file://"))
    return str((Path(base).parent / path if base is not None else path).resolve())


def read_text(place: str, shown: str) -> str:
    """The text at an absolute path or URL. Raises InputError, which names it as `shown`, where there is none."""
    return _fetched(place, shown) if is_url(place) else _read(Path(place), shown)


def _read(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError("is not UTF-8 text", file=shown, line=line, remedy="save the file as UTF-8") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=shown) from None


def _fetched(url: str, shown: str) -> str:
    try:
        answer = httpx.get(url, timeout=_TIMEOUT_S, follow_redirects=True)
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        raise InputError(f"cannot be fetched: the server says {error.response.status_code}", file=shown) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise InputError(f"cannot be fetched: {error or type(error).__name__}", file=shown) from None
    return answer.text.removeprefix("\ufeff")
