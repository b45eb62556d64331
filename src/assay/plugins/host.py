"""The parent's side of a package's child: start it behind its fences, ask, and look at every answer in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from assay.checks.check import Measure
from assay.domain.errors import Crash, SubjectError
from assay.domain.evidence import Counts
from assay.domain.isolation import required
from assay.domain.metric import Metric
from assay.domain.plain import to_plain
from assay.domain.vocabulary import Reason
from assay.plugins import rows, views
from assay.plugins.arriving import counts_from
from assay.plugins.entry import Arguments
from assay.plugins.package import Package
from assay.sandbox.launch import Child
from assay.sandbox.probe import probe
from assay.sandbox.roles import ALLOWED, Role
from assay.sandbox.spawn import without_fences
from assay.tally.perturbation import ChangeContext, Columns

START = 60.0
"""Seconds for importing a package."""
_MEND = "Mend the package, or drop the criterion."


class Host:
    """The child of one package, started when it is asked and again after it broke."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._child: Child | None = None
        self._without: tuple[str, ...] = ()

    def describe(self) -> Any:
        """What the package tells of its checks.

        Raises:
            SubjectError: it cannot be started, or did not answer.
        """
        return self._call("describe", {})

    def modules(self) -> dict[str, str]:
        """Digests of the modules that it loaded besides Assay's and packages that tell their version; its own word."""
        return self._started().modules_now()

    def example(self, check: str, index: int) -> Any:
        """The view of an example.

        Raises:
            Crash: ``check_output_invalid`` when it is none; as ``describe``.
        """
        told = self._call("example", {"check": check, "index": index})
        try:
            return views.from_plain(told)
        except ValueError as wrong:
            self._refuse(f"sent {wrong}")

    def count(self, metric: Metric, view: Any, arguments: Mapping[str, Any]) -> Counts:
        """What a check counts in a view.

        Raises:
            Crash: ``check_output_invalid`` for anything but possible counts; ``check_crashed``, ``check_timed_out`` or
                ``check_stopped``; ``file_changed`` when a file of the package is not what it was.
        """
        asked = {
            "check": metric.id,
            "view": views.to_plain(view),
            "arguments": to_plain(dict(arguments), Arguments),
        }
        told = self._call("count", asked)
        try:
            return counts_from(told, view, metric)
        except ValueError as wrong:
            self._refuse(str(wrong))

    def change(self, check: str, columns: Columns, context: ChangeContext) -> Columns:
        """The columns that a perturbation changes. Raises as :meth:`count`, and ``nothing_to_change``."""
        question = rows.asked(check, columns, context)
        try:
            answer = self._started().change(question)
        except SubjectError as wrong:
            self._told(wrong)
        self._still_the_same()
        try:
            return rows.answered_from(answer, columns, context)
        except ValueError as wrong:
            self._refuse(f"sent {wrong}")

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _call(self, function: str, arguments: Mapping[str, Any]) -> Any:
        try:
            answer = self._started().call(function, arguments)
        except SubjectError as wrong:
            self._told(wrong)
        self._still_the_same()
        return answer

    def _started(self) -> Child:
        child = self._child
        if child is not None and child.alive and self._without == without_fences():
            return child
        self.close()
        self._still_the_same()
        package, self._without = self.package, without_fences()
        try:
            self._child = Child.start(
                "assay.plugins.guest:Guest",
                {"entries": package.entries, "tops": [list(asdict(top).values()) for top in package.tops]},
                timeout=ALLOWED,
                start_timeout=START,
                role=_role(package.name),
                readable=package.readable,
                fences=required(probe()),
            )
        except SubjectError as wrong:
            self._told(wrong)
        self._still_the_same()
        return self._child

    def _still_the_same(self) -> None:
        if not self.package.unchanged:
            self.close()
            raise Crash(
                f"The files of the check package {self.package.name!r} changed while it was used.",
                code=Reason.FILE_CHANGED.value,
                remedy="Run again when nobody installs or edits it.",
            )

    def _told(self, wrong: SubjectError) -> NoReturn:
        """What went wrong; a sentence of the package's own choosing is not repeated, for it may hold rows."""
        if isinstance(wrong, Crash):
            raise wrong
        nothing = wrong.code == Reason.NOTHING_TO_CHANGE.value
        raise Crash(
            f"A perturbation of the check package {self.package.name!r} found no input that it can change."
            if nothing
            else f"The check package {self.package.name!r} raised {type(wrong).__name__}; its message is withheld.",
            code=wrong.code if nothing else Reason.CHECK_CRASHED.value,
            remedy="Give the types of the inputs in the dictionary, or drop the criterion."
            if nothing
            else _MEND,
        ) from wrong

    def _refuse(self, what: str) -> NoReturn:
        """An answer that is none ends the child: the next may be the rest of this one."""
        self.close()
        raise Crash(
            f"The check package {self.package.name!r} {what}.",
            code=Reason.CHECK_OUTPUT_INVALID.value,
            remedy=_MEND,
        )


def _role(name: str) -> Role:
    crashed, timed_out = Reason.CHECK_CRASHED.value, Reason.CHECK_TIMED_OUT.value
    invalid, stopped = Reason.CHECK_OUTPUT_INVALID.value, Reason.CHECK_STOPPED.value
    remedies = dict.fromkeys((crashed, timed_out, invalid, stopped), _MEND)
    says = {Reason.NOTHING_TO_CHANGE.value: ("found no input that it can change", _MEND)}
    return Role(f"The check package {name!r}", crashed, timed_out, invalid, stopped, remedies, says)


_hosts: dict[Package, Host] = {}


def host_of(package: Package) -> Host:
    """The host of a package in this process."""
    return _hosts.setdefault(package, Host(package))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A perturbation that runs in its package's child; a worker that is handed it starts a child of its own."""

    package: Package
    check: str

    def __call__(self, columns: Columns, context: ChangeContext) -> Columns:
        """The columns that it changes; raises as :meth:`Host.change`."""
        return host_of(self.package).change(self.check, columns, context)


def measure_of(package: Package, metric: Metric) -> Measure:
    """A function that counts in the package's child."""

    def measure(view: Any, **arguments: Any) -> Counts:
        return host_of(package).count(metric, view, arguments)

    return measure
