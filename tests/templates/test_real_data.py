"""The real data are what was published: counts and rates to the digits that are printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import real_data


def test_resumes_are_those_of_bertrand_and_mullainathan() -> None:
    """Table 1: 9.65 % of 2,435 white names were called back, 6.45 % of 2,435 African-American ones."""
    rows = real_data.resume_names()
    called = rows.groupby("ethnicity")["call"].agg(["size", "mean"])
    assert called["size"].to_dict() == {"afam": 2435, "cauc": 2435}
    assert f"{called['mean']['cauc']:.4f} {called['mean']['afam']:.4f}" == "0.0965 0.0645"


def test_loan_applications_are_those_of_wooldridge() -> None:
    """Introductory Econometrics, chapter 7, exercise C8: 1,989 applications; approve on white gives .708 + .201 white."""
    rows = real_data.loan_applications()
    rates = rows.groupby("white")["approve"].mean()
    assert len(rows) == 1989
    assert f"{rates[0]:.3f} {rates[1] - rates[0]:.3f}" == "0.708 0.201"
    assert rows["race"].value_counts().to_dict() == {"white": 1681, "black": 197, "hispanic": 111}


def test_patients_are_those_of_hosmer_and_lemeshow() -> None:
    """Applied Logistic Regression: 200 patients, of whom 40 died."""
    assert real_data.intensive_care()["died"].agg(["size", "sum"]).tolist() == [200, 40]


def test_applicants_are_those_of_berkeley() -> None:
    """Bickel, Hammel & O'Connell for the six largest departments: 1,198 of 2,691 men and 557 of 1,835 women."""
    admitted = real_data.berkeley().groupby("gender")["admitted"].agg(["sum", "size"])
    assert admitted.loc["Male"].tolist() == [1198, 2691]
    assert admitted.loc["Female"].tolist() == [557, 1835]


def test_arrests_are_those_of_the_toronto_star() -> None:
    """R's carData documents 5,226 rows; the shares are of our own counting."""
    rows = real_data.toronto_arrests()
    released = 1 - rows.groupby("colour")["detained"].mean()
    assert len(rows) == 5226
    assert f"{released['White']:.2f} {released['Black']:.2f}" == "0.86 0.74"


def test_loans_are_those_of_hofmann() -> None:
    """300 of 1,000 turned bad; 690 men and 310 women by the published codes."""
    rows = real_data.german_credit()
    assert rows["bad"].agg(["size", "sum"]).tolist() == [1000, 300]
    assert rows["sex"].value_counts().to_dict() == {"male": 690, "female": 310}


def test_people_are_those_of_the_adult_data() -> None:
    """adult.names: 48,842 instances in train and test; 24.78 % over 50K of those without unknown values."""
    train, test = real_data.adult()
    assert (len(train), len(test)) == (32_561, 16_281)
    known = [part.dropna() for part in (train, test)]
    assert sum(map(len, known)) == 45_222
    share = sum(part["over_50k"].sum() for part in known) / 45_222
    assert f"{share:.4f}" == "0.2478"


def test_other_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_data, "UNPACKED", tmp_path)
    with pytest.raises(FileNotFoundError, match="make setup unpacks it"):
        real_data.GERMAN.at_hand()
    path = tmp_path / real_data.GERMAN.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"A11 6 A34\n")
    with pytest.raises(ValueError, match="the bytes pinned in"):
        real_data.german_credit()
