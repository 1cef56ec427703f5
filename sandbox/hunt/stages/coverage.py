"""Which of the faults that the run without faults offers were carried out: classes of sites, and what goes wrong."""

from __future__ import annotations

from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, PlatformAtom
from sandbox.hunt.stages.knowledge import Knowledge, Tried
from sandbox.hunt.stages.shots import SiteClass, aim_of, class_of, classes_of

Variant = tuple[SiteClass, str]


class SiteCoverage:
    """`possible` faults at classes of sites, and those of them that have `struck`."""

    def __init__(self, known: Knowledge) -> None:
        aim, ends_us = aim_of(known), known.begins_us + known.span_us
        classes = classes_of([site for site in known.clean.sites if site.at_us < ends_us])
        self.possible: set[Variant] = {
            (name, variant(atom)) for name, sites in classes.items() for atom in aim.atoms(sites[0])
        }
        self.struck: set[Variant] = set()

    def note(self, tried: Tried) -> None:
        """Count the faults of a trial that were carried out at the sites at which they were aimed."""
        for atom, site in zip(tried.trial.atoms, tried.struck, strict=False):
            if tried.outcome.fired.get(atom.id):
                self.struck |= {(class_of(site), variant(atom))} & self.possible


def variant(atom: Atom) -> str:
    """What goes wrong, in one word or two."""
    if isinstance(atom, CallAtom):
        lasting = atom.kind == "error" and atom.occurrence is None
        told = f"-{'lasting' if lasting else atom.status}" if atom.kind == "error" else ""
        return f"{atom.kind}{'-reset' if atom.reset else ''}{told}"
    if isinstance(atom, CrashAtom):
        return f"{atom.kind}-{atom.moment}"
    if isinstance(atom, PlatformAtom) and atom.happened is not None:
        return f"{atom.kind}-{'done' if atom.happened else 'undone'}"
    return atom.kind
