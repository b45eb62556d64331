"""Random rows, and the view that counting them gives."""

from dataclasses import dataclass

import numpy as np

from assay.tally.views import GroupOutcomes, OutcomeView


@dataclass(frozen=True)
class Rows:
    label: np.ndarray
    decided: np.ndarray
    score: np.ndarray
    group: np.ndarray

    def view(self, *, favourable: int = 1) -> OutcomeView:
        names = list(dict.fromkeys(self.group.tolist()))
        groups = tuple(self._count(name, self.group == name) for name in names)
        return OutcomeView(self._count("", np.ones(len(self.label), dtype=bool)), groups, favourable)

    def uncut(self, *, favourable: int = 1) -> OutcomeView:
        return OutcomeView(self.view().overall, (), favourable)

    def _count(self, name: str, mine: np.ndarray) -> GroupOutcomes:
        counts = np.zeros((2, 2), dtype=np.int64)
        np.add.at(counts, (self.label[mine], self.decided[mine]), 1)
        scores = np.unique(self.score[mine])
        by_label = np.zeros((2, len(scores)), dtype=np.int64)
        np.add.at(by_label, (self.label[mine], np.searchsorted(scores, self.score[mine])), 1)
        return GroupOutcomes(name, counts, scores, by_label)


def random_rows(seed: int, *, n: int = 400, groups: int = 3) -> Rows:
    draw = np.random.default_rng(seed)
    group = np.array([f"g{k}" for k in draw.integers(0, groups, n)])
    score = np.round(draw.beta(2, 3, n), draw.integers(1, 4))
    label = (draw.random(n) < score * draw.uniform(0.6, 1.4)).astype(int)
    return Rows(label, (score >= 0.4).astype(int), score, group)
