"""Checks of what was seen while the provider was degraded: does it still speak its contract?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.verification.behaviour.bench import Broken, Untestable
from sandbox.verification.behaviour.degraded import WAITABLE, WAITS_MOST_S, Seen, Watched
from sandbox.verification.behaviour.effects import repeated_by
from sandbox.verification.behaviour.exchange import Answer
from sandbox.verification.behaviour.operations import PROBLEM_JSON
from sandbox.verification.behaviour.values import MISSING
from sandbox.verification.behaviour.waiting import wait_s


class Wrong(Broken):
    """A check has failed by these answers."""

    def __init__(self, message: str, *answers: Answer | None) -> None:
        super().__init__(message)
        self.answers = [answer for answer in answers if answer is not None]


def retry_after(watched: Watched) -> str:
    """429 and 503 carry a Retry-After that makes sense. Raises Broken and Untestable, as all checks do."""
    bench, told = watched.subject.bench, _told(watched)
    for seen in told:
        try:
            wait = wait_s(seen.answer, bench.clock.wall_us())
        except ValueError as error:
            raise Wrong(f"{_when(seen)} it answers {seen.answer.told}: {error}", seen.answer) from None
        if not 0 <= wait <= bench.profile.retry_after_at_most_s:
            most = f"{bench.profile.retry_after_at_most_s:g} s are the most"
            raise Wrong(f"{_when(seen)} it answers {seen.answer.told}: to wait {wait:g} s, and {most}", seen.answer)
    return _seen_in(told)


def retry_after_honoured(watched: Watched) -> str:
    """Who has waited is let in."""
    told = _told(watched)
    came_back = [seen for seen in told if seen.waited_s is not None]
    for seen in came_back:
        if seen.again is None or seen.again.status in (*WAITABLE, None):
            status = "not at all" if seen.again is None else f"with {seen.again.told}"
            told_s = f"{seen.waited_s:g} s"
            raise Wrong(
                f"{_when(seen)} it was told to wait {told_s}, did, and is answered {status}", seen.answer, seen.again
            )
    if not came_back:
        raise Untestable(
            f"nobody could come back: no time to wait was told, or more than {WAITS_MOST_S:g} s, or the condition does"
            " not end by itself (`lasts_s`)"
        )
    return _seen_in(came_back)


def fault_problem(watched: Watched) -> str:
    """Errors are problem details."""
    if not watched.subject.operation.promises_problems():
        raise Untestable(f"the document declares no {PROBLEM_JSON} for its errors")
    errors = [seen for seen in _all(watched) if seen.answer.status is not None and seen.answer.status >= 400]
    if not errors:
        raise Untestable("no call was answered with an error")
    for seen in errors:
        if (wrong := _no_problem(seen.answer)) is not None:
            raise Wrong(f"{_when(seen)} the answer {seen.answer.told} {wrong}", seen.answer)
    return _seen_in(errors)


def fault_declared(watched: Watched) -> str:
    """Statuses and content types are those of the document."""
    answers = [(seen, one) for seen in _all(watched) for one in (seen.answer, seen.again) if one is not None]
    answered = [(seen, one) for seen, one in answers if one.status is not None]
    if not answered:
        raise Untestable("no call was answered")
    for seen, answer in answered:
        assert answer.status is not None
        kinds = watched.subject.operation.declared(answer.status)
        if kinds is None:
            raise Wrong(f"{_when(seen)} it answers {answer.told}, which the document does not declare", answer)
        if answer.raw and not _fits(answer.media, kinds):
            declared = ", ".join(sorted(kinds)) or "no body"
            media = answer.media or "a body of no type"
            raise Wrong(f"{_when(seen)} it answers {answer.told} as {media}; declared: {declared}", answer)
    return _seen_in([seen for seen, _ in answered])


def fault_whole(watched: Watched) -> str:
    """What failed is there as a whole or not at all, and once after a retry."""
    if not watched.subject.operation.is_write:
        raise Untestable("it changes nothing")
    if watched.subject.block.effects is None:
        raise Untestable("nothing tells what was made: give `effects` in the profile")
    failed = [seen for seen in _all(watched) if not seen.answer.ok]
    if not failed:
        raise Untestable("no call failed")
    for seen in _all(watched):
        body = seen.sample.body()
        if seen.between is not None:
            made = _new(seen, seen.between)
            if len(made) > 1 or (seen.answer.ok and not made):
                raise Wrong(
                    f"{_when(seen)} a call answered with {seen.answer.told} had {len(made)} effects", seen.answer
                )
            _require_whole(watched, seen, made, body)
        if _is_retried(seen) and seen.again is not None and seen.after is not None:
            made = _new(seen, seen.after)
            if not seen.again.ok:
                raise Wrong(
                    f"{_when(seen)} a call failed, and so did its retry: {seen.again.told}", seen.answer, seen.again
                )
            if len(made) != 1:
                raise Wrong(
                    f"{_when(seen)} a call failed; after its retry there are {len(made)}", seen.answer, seen.again
                )
            _require_whole(watched, seen, made, body)
    return f"{len(failed)} failed calls, in {_seen_in(failed)}"


def _require_whole(watched: Watched, seen: Seen, made: list[Any], body: Any) -> None:
    for row in made:
        missing = watched.parts_missing(row, body if isinstance(body, Mapping) else {})
        if missing is not None:
            raise Wrong(f"{_when(seen)} a call was half done: what it made is not as asked at {missing}", seen.answer)


def _is_retried(seen: Seen) -> bool:
    """Whether a retry came through that the provider promises to know; one that is held off is told elsewhere."""
    return seen.again is not None and seen.again.status not in WAITABLE and repeated_by(seen.sample) is not None


def _new(seen: Seen, rows: list[Any]) -> list[Any]:
    return [row for row in rows if row not in (seen.before or ())]


def _no_problem(answer: Answer) -> str | None:
    """Why it is no problem details; None: it is."""
    if answer.media != PROBLEM_JSON:
        return f"comes as {answer.media or 'nothing'}, not as {PROBLEM_JSON}"
    body = answer.body
    if body is MISSING or not isinstance(body, dict):
        return "is no JSON object"
    if "status" in body and body["status"] != answer.status:
        return f"says the status {body['status']!r}"
    wrong = next((name for name in ("type", "title", "detail") if not isinstance(body.get(name, ""), str)), None)
    return None if wrong is None else f"has a {wrong!r} that is no text"


def _fits(media: str, kinds: frozenset[str]) -> bool:
    return any(kind in ("*/*", media) or (kind.endswith("/*") and media.startswith(kind[:-1])) for kind in kinds)


def _all(watched: Watched) -> list[Seen]:
    """What was seen. Raises Untestable where nothing was."""
    if not watched.seen:
        raise Untestable(watched.reason or "it was not called")
    return watched.seen


def _told(watched: Watched) -> list[Seen]:
    told = [seen for seen in _all(watched) if seen.answer.status in WAITABLE]
    if not told:
        raise Untestable("no call was answered with 429 or 503")
    return told


def _when(seen: Seen) -> str:
    return f"({seen.condition})"


def _conditions(seen: list[Seen]) -> Iterator[str]:
    yield from dict.fromkeys(one.condition for one in seen)


def _seen_in(seen: list[Seen]) -> str:
    return ", ".join(_conditions(seen))
