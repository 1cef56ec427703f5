"""The page's templates and style sheet: the user's own `reports/` first, then what is shipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup

from sandbox import shipped
from sandbox.errors import InputError
from sandbox.records.summary import FaultResult
from sandbox.reporting import key_figures, wording

PAGE, STYLE = "report.html.j2", "report.css"


def rendered(values: Mapping[str, Any], page: str = PAGE) -> str:
    """The page. Raises InputError for a mistake in a template, with its file and line."""
    environment = _environment()
    try:
        css = _source(environment, STYLE)
        return environment.get_template(page).render(css=Markup(css), **values)
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"is no template: {error.message}", file=error.filename, line=error.lineno) from None
    except jinja2.TemplateError as error:
        folders = ", ".join(map(str, shipped.folders("reports")))
        raise InputError(f"a template could not be filled in: {error}", file=folders) from None


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(shipped.folders("reports")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=wording.number,
        length_us=wording.length,
        seconds=wording.seconds,
        moment=wording.moment,
        clock=wording.clock,
        plural=lambda count, one: wording.plural(count, one),
        sentence=wording.sentence,
        told=key_figures.told,
        when=_when,
        most=_most,
    )
    return environment


def _source(environment: jinja2.Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _when(fault: FaultResult) -> str:
    return wording.period(fault.from_us, fault.until_us)


def _most(counts: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    """The largest of some counts, the largest first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
