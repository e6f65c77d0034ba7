"""Which branch of a union a value means."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .fitting import MISFIT, MISSING, Ask, Fit, Fitting, Steps, Told, is_kind, stands
from .names import plain
from .shapes import Shape

_MOST_TRIALS = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """A fit by itself, with what was told on the way."""

    fit: Fit
    told: Told


Trials: TypeAlias = Generator[Ask, Fit, list[Trial]]


def trials(fitting: Fitting, asks: Sequence[Ask]) -> Trials:
    """Each of some fits by itself, with what it told taken off."""
    found: list[Trial] = []
    for ask in asks:
        mark = fitting.mark()
        each = yield ask
        found.append(Trial(each, fitting.take_back(mark)))
    return found


def union(fitting: Fitting, ask: Ask) -> Steps:
    """The branch that costs least; branches of the value's own kind come first."""
    branches = ask.shape.branches
    own = [branch for branch in branches if is_kind(ask.value, branch)]
    if any(stands(ask.value, branch) for branch in own):
        return Fit(ask.value)
    for group in (own, branches):
        found = yield from trials(fitting, [Ask(ask.value, branch, ask.place) for branch in _ranked(ask.value, group)])
        if any(trial.fit.fits for trial in found) or (group is branches and found):
            return _best(fitting, ask, found)
    return Fit(ask.value, MISFIT)


def _ranked(value: object, branches: Sequence[Shape]) -> Sequence[Shape]:
    """The branches to try. For an object those alone that name most of its keys."""
    if len(branches) > 1 and isinstance(value, dict):
        forms = {plain(key) for key in value}
        far = {id(branch): _distance(value, forms, branch) for branch in branches}
        nearest = min(far.values())
        branches = [branch for branch in branches if far[id(branch)] <= nearest + 1]
    return branches[:_MOST_TRIALS]


def _distance(value: dict[str, object], forms: set[str], branch: Shape) -> int:
    """How far an object is from a branch by its keys, and by the constants that tell branches apart."""
    named = {plain(name) for name in branch.properties}
    wanted = {plain(name) for name in branch.required}
    far = len(wanted - forms) + (len(forms - named) if branch.properties else 0)
    return far + sum(3 for name, said in branch.properties.items() if _another(value.get(name), said))


def _another(value: object, said: object) -> bool:
    """Whether a constant of the branch is another one than the value's."""
    return (
        isinstance(said, dict)
        and "const" in said
        and value is not None
        and plain(str(value)) != plain(str(said["const"]))
    )


def _best(fitting: Fitting, ask: Ask, found: Sequence[Trial]) -> Fit:
    best = min(found, key=lambda trial: (trial.fit.cost, -trial.fit.met))
    rivals = [trial.fit.value for trial in found if _rivals(trial.fit, best.fit)]
    if best.fit.fits and best.fit.cost > 0 and rivals:
        fitting.doubt(ask.place, ask.value, [best.fit.value, *rivals])
        return Fit(ask.value, MISFIT)
    fitting.tell_again(best.told)
    return best.fit if best.fit.fits else Fit(best.fit.value, max(best.fit.cost, MISSING), best.fit.met)


def _rivals(left: Fit, best: Fit) -> bool:
    return left.cost == best.cost and left.met == best.met and left.value != best.value
