"""Broken documents: one small edit of a valid text, and what is said about it.

Places are line:column. Every problem of the edit is listed, so a rule that fires without cause shows up here too.
"""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """One problem: its place, its code, its message, and the name that is offered instead."""

    place: str
    code: str
    message: str
    nearest: str = ""


class Broken(NamedTuple):
    """An edit of the valid text and all that is said about it."""

    old: str
    new: str
    said: tuple[Said, ...]


SPECIFICATIONS = (
    Broken(
        "below_share: 0.02",
        "below_share: 1e-400",
        (
            Said(
                "52:29",
                "number_out_of_reach",
                "For 'below_share' 0 or a number between 1e-15 and 1e30 in size is expected; found '1e-400'.",
            ),
        ),
    ),
    Broken(
        "  train: train.parquet\n",
        "",
        (
            Said(
                "36:3",
                "no_reference_rows",
                "'develop' or 'train' is expected: the plan, small groups and the spread of columns are taken from rows that are not the test rows.",
            ),
        ),
    ),
    Broken("assay: 1\n", "assay: 2\n", (Said("1:8", "not_one_of", "1 is expected for 'assay'; found '2'."),)),
    Broken(
        "assay: 1\n",
        "",
        (Said("1:1", "missing_key", "The document needs 'assay': the version of this document's form."),),
    ),
    Broken(
        "name: loans",
        "name: my loans",
        (Said("2:7", "name_expected", "A name is expected for 'name'; found 'my loans'."),),
    ),
    Broken(
        "name: loans",
        f"name: {'x' * 101}",
        (
            Said(
                "2:7",
                "name_too_long",
                f"A name of at most 100 characters is expected for 'name'; found '{'x' * 57}...'.",
            ),
        ),
    ),
    Broken(
        "charter:\n",
        "chartre:\n",
        (Said("9:1", "unknown_key", "'chartre' is not known in the document.", "charter"),),
    ),
    Broken(
        "  purpose: Decide on small loans.\n",
        "",
        (
            Said(
                "3:1",
                "missing_key",
                "The block 'use_case' needs 'purpose': the decision that the model supports, and who takes it.",
            ),
        ),
    ),
    Broken(
        "  purpose: Decide on small loans.",
        "  purpose: TODO write this",
        (
            Said(
                "5:12",
                "placeholder_text",
                "A text that a reader learns something from is expected; found 'TODO write this'.",
            ),
        ),
    ),
    Broken(
        "  purpose: Decide on small loans.",
        "  purpose: ''",
        (
            Said(
                "5:12",
                "empty_text",
                "'purpose' must not be empty: the decision that the model supports, and who takes it.",
            ),
        ),
    ),
    Broken(
        "  purpose: Decide on small loans.",
        "  purpose: 3.10",
        (Said("5:12", "text_expected", "A text is expected for 'purpose'; found '3.10'."),),
    ),
    Broken(
        "  purpose: Decide on small loans.",
        "  purpose: true",
        (Said("5:12", "text_expected", "A text is expected for 'purpose'; found 'true'."),),
    ),
    Broken(
        "  misuse: [Setting interest rates]",
        "  misuse: Setting interest rates",
        (Said("8:11", "list_expected", "A list is expected for 'misuse'; found 'Setting interest rates'."),),
    ),
    Broken(
        "  developer: [Ada]",
        "  developer: []",
        (Said("15:14", "role_without_person", "Nobody holds the role 'developer'."),),
    ),
    Broken(
        "  developer: [Ada]",
        "  developer: [Ada, Ada]",
        (
            Said(
                "15:14",
                "person_twice",
                "The role 'developer' names one person twice; two signatures need two.",
            ),
        ),
    ),
    Broken(
        "data: developer,",
        "data: devloper,",
        (
            Said(
                "18:16",
                "unknown_role",
                "The owner of data is expected to be one of the roles 'developer', 'validator', 'risk_officer'; found 'devloper'.",
                "developer",
            ),
        ),
    ),
    Broken(
        "  lock: {validator: 1}",
        "  lock: {}",
        (
            Said(
                "20:9",
                "nobody_approves",
                "At least one role is expected to sign the lock; empty is not approved.",
            ),
        ),
    ),
    Broken(
        "  lock: {validator: 1}",
        "  lock: {validater: 1}",
        (
            Said(
                "20:10",
                "unknown_role",
                "A signer of the lock is expected to be one of the roles 'developer', 'validator', 'risk_officer'; found 'validater'.",
                "validator",
            ),
        ),
    ),
    Broken(
        "  lock: {validator: 1}",
        "  lock: {validator: 3}",
        (
            Said(
                "20:21",
                "approval_out_of_reach",
                "3 signatures of 'validator' are asked for and 2 hold that role.",
            ),
        ),
    ),
    Broken(
        "  lock: {validator: 1}",
        "  lock: {validator: 0}",
        (Said("20:21", "out_of_range", "'validator' is expected to be at least 1; found '0'."),),
    ),
    Broken(
        "  lock: {validator: 1}",
        "  lock: {validator: 1.0}",
        (Said("20:21", "whole_number_expected", "A whole number is expected for 'validator'; found '1.0'."),),
    ),
    Broken(
        "180 days",
        "6 months",
        (
            Said(
                "22:14",
                "days_expected",
                "For 'valid_for' a number of days is expected, for example '90 days'; found '6 months'.",
            ),
        ),
    ),
    Broken(
        "90 days",
        "200 days",
        (
            Said(
                "23:17",
                "review_after_the_end",
                "A review is expected within the 180 days for which a certificate holds; found 200 days.",
            ),
        ),
    ),
    Broken(
        "{count: 1}",
        "{count: 3}",
        (
            Said(
                "24:19",
                "attempts_without_schedule",
                "3 attempts share one alpha, and 'first' does not say how much of it the first one takes.",
            ),
        ),
    ),
    Broken(
        "{count: 1}",
        "{count: 1, first: 0.8}",
        (
            Said(
                "24:29",
                "schedule_for_one_attempt",
                "A single attempt takes all of alpha; 'first' has no meaning.",
            ),
        ),
    ),
    Broken(
        "{count: 1}",
        "{count: 3, first: 1.2}",
        (Said("24:29", "out_of_range", "'first' is expected to be less than 1; found '1.2'."),),
    ),
    Broken(
        "lightgbm",
        "lgbm",
        (
            Said(
                "27:11",
                "not_one_of",
                "'skops', 'joblib', 'lightgbm', 'xgboost', 'onnx', 'predictions' or 'callable' is expected for 'format'; found 'lgbm'.",
                "lightgbm",
            ),
        ),
    ),
    Broken(
        "[amount, months, status]",
        "[amount, month, status]",
        (
            Said(
                "28:20",
                "unknown_column",
                "An input of the model is 'month', which the dictionary does not describe.",
                "months",
            ),
        ),
    ),
    Broken(
        "[amount, months, status]",
        "[amount, months, bad]",
        (
            Said(
                "28:28",
                "label_among_inputs",
                "The model is fed the label 'bad', which is what it should predict.",
            ),
        ),
    ),
    Broken(
        "[amount, months, status]",
        "[amount, client, amount]",
        (
            Said(
                "28:20",
                "identifier_among_inputs",
                "The model is fed 'client', which only names the person or case.",
            ),
            Said("28:28", "input_twice", "The column 'amount' is fed to the model twice."),
        ),
    ),
    Broken(
        "label: bad",
        "label: default",
        (Said("31:10", "unknown_column", "The label is 'default', which the dictionary does not describe."),),
    ),
    Broken(
        "label: bad",
        "label: age",
        (
            Said(
                "31:10",
                "label_not_binary",
                "A label of 0 and 1 is expected; the dictionary describes 'age' as integer.",
            ),
            Said(
                "46:13",
                "label_is_protected",
                "The groups of 'age' are made from the label, so they cannot be compared on it.",
            ),
        ),
    ),
    Broken(
        "decide_at: 0.35",
        "decide_at: 35",
        (Said("34:14", "out_of_range", "'decide_at' is expected to be at most 1; found '35'."),),
    ),
    Broken(
        "decide_at: 0.35",
        "decide_at: 0",
        (
            Said(
                "34:14",
                "decides_alike",
                "Every score is at or above 0, so everybody would get the decision 1.",
            ),
        ),
    ),
    Broken(
        "decide_at: 0.35",
        "decide_at: '0.35'",
        (Said("34:14", "number_expected", "A number is expected for 'decide_at'; found \"'0.35'\"."),),
    ),
    Broken(
        "decide_at: 0.35",
        "decide_at: 35%",
        (Said("34:14", "number_expected", "A number is expected for 'decide_at'; found '35%'."),),
    ),
    Broken(
        "decide_at: 0.35",
        "decide_at: 0,35",
        (Said("34:14", "number_expected", "A number is expected for 'decide_at'; found '0,35'."),),
    ),
    Broken(
        "decide_at: 0.35",
        "decide_at: .nan",
        (Said("34:14", "number_not_finite", "A finite number is expected; found .nan."),),
    ),
    Broken(
        "decide_at: 0.35",
        "threshold: 0.35",
        (Said("34:3", "unknown_key", "'threshold' is not known in the block 'prediction'.", "decide_at"),),
    ),
    Broken(
        "favourable: 0",
        "favourable: no",
        (Said("32:15", "not_one_of", "0 or 1 is expected for 'favourable'; found 'no'."),),
    ),
    Broken(
        "train: train.parquet",
        "train: test.parquet",
        (
            Said(
                "37:10",
                "same_file_twice",
                "'train' names the same file as 'test'; what a model has learned cannot test it.",
            ),
        ),
    ),
    Broken(
        "custody: validator",
        "custody: bank",
        (
            Said(
                "39:12",
                "unknown_role",
                "Who held the test rows is expected to be one of the roles 'developer', 'validator', 'risk_officer'; found 'bank'.",
            ),
        ),
    ),
    Broken(
        "unit: client",
        "unit: klient",
        (
            Said(
                "40:9",
                "unknown_column",
                "The column of the unit is 'klient', which the dictionary does not describe.",
                "client",
            ),
        ),
    ),
    Broken(
        "dictionary: dictionary.yaml",
        "dictionary: dict.yaml",
        (Said("36:15", "no_such_file", "The dictionary 'dict.yaml': There is no such file."),),
    ),
    Broken(
        "{female: 2, male: 1}",
        "{female: 2, male: 2}",
        (
            Said(
                "44:13",
                "codes_uncovered",
                "Each documented code of 'sex' is expected in one of the groups of 'sex'; in none: 1.",
            ),
            Said("44:31", "codes_overlap", "The code 2 belongs to the group 'male' and to 'female'."),
        ),
    ),
    Broken(
        "{female: 2, male: 1}",
        "{female: 2}",
        (
            Said("44:13", "fewer_than_two_groups", "At least two groups are expected of 'sex'; found 1."),
            Said(
                "44:13",
                "codes_uncovered",
                "Each documented code of 'sex' is expected in one of the groups of 'sex'; in none: 1.",
            ),
            Said("69:16", "unknown_group", "'male' is no group of 'sex'; its groups are 'female'.", "female"),
        ),
    ),
    Broken(
        "{female: 2, male: 1}",
        "{female: 2, male: '1'}",
        (
            Said(
                "44:31",
                "unknown_code",
                "The dictionary has no code '1' for 'sex'; it has 1, 2. Write 1 without quotes.",
            ),
        ),
    ),
    Broken(
        "{female: 2, male: 1}",
        "{female: 2, male: [1, 3]}",
        (Said("44:31", "unknown_code", "The dictionary has no code 3 for 'sex'; it has 1, 2."),),
    ),
    Broken(
        "{female: 2, male: 1}",
        "{female: 2, male: 1.5}",
        (
            Said(
                "44:31",
                "code_expected",
                "For 'male' a code is expected: a whole number, true or false, or a text in quotes; found '1.5'.",
            ),
        ),
    ),
    Broken(
        "{female: 2, male: 1}",
        "[2, 1]",
        (Said("44:13", "block_expected", "A block of keys is expected for 'groups'; found '[2, 1]'."),),
    ),
    Broken(
        "{female: 2, male: 1}",
        "{female: 2, male: []}",
        (
            Said(
                "44:13",
                "codes_uncovered",
                "Each documented code of 'sex' is expected in one of the groups of 'sex'; in none: 1.",
            ),
            Said("44:31", "group_without_code", "The group 'male' has no code."),
        ),
    ),
    Broken(
        "{female: 2, male: 1}",
        "{female: 2, male: }",
        (
            Said(
                "44:30",
                "code_expected",
                "For 'male' a code is expected: a whole number, true or false, or a text in quotes; found nothing.",
            ),
        ),
    ),
    Broken(
        "[25, 40, 60]",
        "[25, 60, 40]",
        (Said("47:21", "bands_not_increasing", "Cut points increase; 40 follows 60."),),
    ),
    Broken(
        "[25, 40, 60]",
        "[25, 40, 200]",
        (
            Said(
                "47:21",
                "band_beyond_range",
                "The cut point 200 leaves a group of 'age' empty: the dictionary says that 'age' lies from 18 to 110.",
            ),
        ),
    ),
    Broken(
        "[25, 40, 60]",
        "{young: [18, 30], old: [35, null]}",
        (
            Said(
                "47:35",
                "bands_uncovered",
                "The bands 'young' and 'old' leave out the values of 'age' from 30 to below 35.",
            ),
        ),
    ),
    Broken(
        "[25, 40, 60]",
        "{young: [20, 30], old: [30, 100]}",
        (
            Said(
                "47:20",
                "bands_uncovered",
                "The bands of 'age' leave out the values of 'age' from 18 to below 20.",
            ),
            Said(
                "47:35",
                "bands_uncovered",
                "The bands of 'age' leave out the values of 'age' from 100 to 110.",
            ),
        ),
    ),
    Broken(
        "[25, 40, 60]",
        "{young: [null, 30], old: [25, null]}",
        (
            Said(
                "47:37",
                "bands_overlap",
                "The bands 'young' and 'old' overlap, or are not in increasing order.",
            ),
        ),
    ),
    Broken(
        "[25, 40, 60]",
        "{young: [null, 30, 3], old: [30]}",
        (
            Said(
                "47:20", "pair_expected", "A pair of values is expected for 'young'; found '[null, 30, 3]'."
            ),
            Said("47:40", "pair_expected", "A pair of values is expected; found '[30]'."),
        ),
    ),
    Broken(
        "[25, 40, 60]",
        "25",
        (
            Said(
                "47:12",
                "bands_expected",
                "For 'bands' cut points such as [25, 40], or named bands such as {young: [null, 25]}, are expected; found '25'.",
            ),
        ),
    ),
    Broken(
        "    bands: [25, 40, 60]\n",
        "",
        (Said("46:5", "grouping_missing", "In the attribute 'age', 'groups' or 'bands' is expected."),),
    ),
    Broken(
        "    bands: [25, 40, 60]\n",
        "    bands: [25]\n    groups: {a: 1}\n",
        (
            Said(
                "46:5",
                "grouping_twice",
                "In the attribute 'age', only one of 'groups' and 'bands' is expected.",
            ),
        ),
    ),
    Broken(
        "    bands: [25, 40, 60]",
        "    groups: {young: [18, 19]}",
        (Said("47:13", "fewer_than_two_groups", "At least two groups are expected of 'age'; found 1."),),
    ),
    Broken(
        "    column: sex",
        "    column: gender",
        (
            Said(
                "43:13",
                "unknown_column",
                "The column of 'sex' is 'gender', which the dictionary does not describe.",
            ),
        ),
    ),
    Broken(
        "    column: sex",
        "    column: Sex",
        (
            Said(
                "43:13",
                "unknown_column",
                "The column of 'sex' is 'Sex', which the dictionary does not describe.",
                "sex",
            ),
        ),
    ),
    Broken(
        "[[sex, age]]",
        "[[sex, aeg]]",
        (
            Said(
                "51:23",
                "unknown_attribute",
                "'aeg' is no protected attribute; declared are 'sex', 'age', 'city'.",
                "age",
            ),
        ),
    ),
    Broken(
        "[[sex, age]]",
        "[[sex]]",
        (Said("51:17", "intersection_of_one", "An intersection crosses at least two different attributes."),),
    ),
    Broken(
        "[[sex, age]]",
        "[[sex, age], [age, sex]]",
        (Said("51:29", "intersection_twice", "These attributes are crossed already."),),
    ),
    Broken(
        "[[sex, age]]",
        "[sex, age]",
        (
            Said("51:17", "list_expected", "A list is expected for item 1 of 'intersections'; found 'sex'."),
            Said("51:22", "list_expected", "A list is expected for item 2 of 'intersections'; found 'age'."),
        ),
    ),
    Broken(
        "below_share: 0.02",
        "below_share: 0.3",
        (
            Said(
                "52:29",
                "small_groups_too_large",
                "A share of at most 0.10 is expected; a group of under 0.3 of the rows would be set aside.",
            ),
        ),
    ),
    Broken(
        "severity: critical",
        "severity: catastrophic",
        (
            Said(
                "56:15",
                "not_one_of",
                "'critical', 'major' or 'minor' is expected for 'severity'; found 'catastrophic'.",
                "critical",
            ),
        ),
    ),
    Broken(
        "    criteria: [impact-sex]",
        "    criteria: []",
        (
            Said("57:15", "failure_mode_without_criterion", "No criterion guards against 'unequal-denial'."),
            Said(
                "66:9",
                "criterion_without_purpose",
                "Neither a failure mode nor a requirement needs 'impact-sex'.",
            ),
        ),
    ),
    Broken(
        "    criteria: [impact-sex]",
        "    criteria: [impact_sex]",
        (Said("57:16", "unknown_criterion", "'impact_sex' is no criterion of this document.", "impact-sex"),),
    ),
    Broken(
        "    criteria: [impact-sex]",
        "    criteria: [noise]",
        (
            Said(
                "57:15",
                "critical_harm_not_gated",
                "'unequal-denial' is a critical harm and none of its criteria is critical.",
            ),
            Said(
                "66:9",
                "criterion_without_purpose",
                "Neither a failure mode nor a requirement needs 'impact-sex'.",
            ),
        ),
    ),
    Broken(
        "  - id: noise",
        "  - id: accuracy",
        (Said("75:9", "duplicate_id", "Another criterion is called 'accuracy' already."),),
    ),
    Broken(
        "metric: fairness.impact_ratio",
        "metric: fairness.impact_ration",
        (
            Said(
                "67:13",
                "unknown_metric",
                "No check measures 'fairness.impact_ration'.",
                "fairness.impact_ratio",
            ),
        ),
    ),
    Broken(
        "metric: fairness.impact_ratio",
        "metric: impact_ratio",
        (Said("67:13", "unknown_metric", "No check measures 'impact_ratio'.", "fairness.impact_ratio"),),
    ),
    Broken(
        "at_least: 0.70",
        "atleast: 0.70",
        (Said("61:5", "unknown_key", "'atleast' is not known in the criterion 'accuracy'.", "at_least"),),
    ),
    Broken(
        "at_least: 0.70", ">=: 0.70", (Said("61:6", "not_yaml", "A key or a value cannot begin with '>'."),)
    ),
    Broken(
        "at_least: 0.70",
        "at_least: 70",
        (
            Said(
                "61:15", "threshold_out_of_range", "A threshold for accuracy lies between 0 and 1; found 70."
            ),
        ),
    ),
    Broken(
        "at_least: 0.70",
        "at_least: 0",
        (Said("61:15", "vacuous_criterion", "Every model satisfies accuracy at least 0."),),
    ),
    Broken(
        "at_least: 0.70",
        "at_least: 1",
        (
            Said(
                "61:15",
                "unattainable_threshold",
                "No number of rows can show that accuracy is at least 1: a confidence bound always stays short of it.",
            ),
        ),
    ),
    Broken(
        "at_least: 0.70",
        "at_least: 0x10",
        (Said("61:15", "number_form", "A number in plain decimal digits is expected; found 0x10."),),
    ),
    Broken(
        "at_least: 0.70",
        "at_least: 0.7000000000001",
        (
            Said(
                "61:15",
                "number_too_fine",
                "A number below 10^12 with at most 9 decimals is expected; found 0.7000000000001.",
            ),
        ),
    ),
    Broken(
        "    column: sex\n    groups: {female: 2, male: 1}",
        "    column: sex\n    groups: {female × old: 2, male: 1}",
        (
            Said(
                "44:14",
                "group_name_reserved",
                "The name of a group is expected without '×', which joins the names of crossed groups; found 'female × old'.",
            ),
        ),
    ),
    Broken(
        "at_least: 0.70",
        "at_least: 1e400",
        (
            Said(
                "61:15",
                "number_out_of_reach",
                "For 'at_least' 0 or a number between 1e-15 and 1e30 in size is expected; found '1e400'.",
            ),
        ),
    ),
    Broken(
        "at_least: 0.70",
        "at_least: 0.7\n    at_most: 0.9",
        (
            Said(
                "59:5",
                "comparator_twice",
                "Only one of 'at_least' and 'at_most' is expected in the criterion 'accuracy'.",
            ),
        ),
    ),
    Broken(
        "    at_least: 0.70\n",
        "",
        (
            Said(
                "59:5",
                "comparator_missing",
                "'at_least' or 'at_most' is expected in the criterion 'accuracy'.",
            ),
        ),
    ),
    Broken(
        "at_most: 0.05",
        "at_least: 0.05",
        (
            Said(
                "77:5",
                "comparator_unsuited",
                "Drop under noise is judged with 'at_most'; found 'at_least'.",
                "at_most",
            ),
        ),
    ),
    Broken(
        "    across: sex\n",
        "",
        (
            Said(
                "66:5", "across_missing", "Impact ratio compares groups, and 'impact-sex' does not say which."
            ),
            Said(
                "68:16",
                "reference_without_across",
                "A reference group is named and no 'across' that it belongs to.",
            ),
        ),
    ),
    Broken(
        "across: sex",
        "across: gender",
        (
            Said(
                "68:13",
                "unknown_across",
                "'gender' is no protected attribute or intersection; declared are 'sex', 'age', 'city', 'sex*age'.",
            ),
        ),
    ),
    Broken(
        "across: sex",
        "across: sex*city",
        (
            Said(
                "68:13",
                "unknown_across",
                "'sex*city' is no protected attribute or intersection; declared are 'sex', 'age', 'city', 'sex*age'.",
            ),
        ),
    ),
    Broken(
        "reference: male",
        "reference: men",
        (Said("69:16", "unknown_group", "'men' is no group of 'sex'; its groups are 'female', 'male'."),),
    ),
    Broken(
        "confidence: 0.95",
        "confidence: 95",
        (Said("71:17", "out_of_range", "'confidence' is expected to be less than 1; found '95'."),),
    ),
    Broken(
        "confidence: 0.95",
        "confidence: 0.6",
        (
            Said(
                "71:17",
                "confidence_too_low",
                "A confidence of at least 0.80 is expected of a critical criterion; at 0.6 a bad model passes with probability 0.4.",
            ),
        ),
    ),
    Broken(
        "confidence: 0.95",
        "confidence: 0.5",
        (Said("71:17", "out_of_range", "'confidence' is expected to be more than 0.5; found '0.5'."),),
    ),
    Broken(
        "tier: supporting",
        "tier: blocker",
        (
            Said(
                "78:11",
                "not_one_of",
                "'critical', 'supporting' or 'advisory' is expected for 'tier'; found 'blocker'.",
                "critical",
            ),
        ),
    ),
    Broken(
        "    rationale: Below it the old scorecard is better.",
        '    rationale: ""',
        (
            Said(
                "63:16",
                "empty_text",
                "'rationale' must not be empty: why this metric and this threshold, for someone who was not there.",
            ),
        ),
    ),
    Broken(
        "    rationale: Below it the old scorecard is better.\n",
        "",
        (
            Said(
                "59:5",
                "missing_key",
                "The criterion 'accuracy' needs 'rationale': why this metric and this threshold, for someone who was not there.",
            ),
        ),
    ),
    Broken(
        "    owner: risk_officer",
        "    owner: risk officer",
        (
            Said(
                "74:12",
                "unknown_role",
                "The owner of 'impact-sex' is expected to be one of the roles 'developer', 'validator', 'risk_officer'; found 'risk officer'.",
                "risk_officer",
            ),
        ),
    ),
    Broken(
        "{scale: 0.1, kind: gauss}",
        "{scale: 2, kind: gauss}",
        (
            Said(
                "82:19",
                "parameter_out_of_range",
                "'scale' of 'robustness.noise' is a number between 0 and 1; found 2.",
            ),
        ),
    ),
    Broken(
        "{scale: 0.1, kind: gauss}",
        "{scale: 0.1, people: half are women}",
        (
            Said(
                "82:32",
                "parameter_unreadable",
                "'people' is written as name=count, name=count; found 'half are women'.",
            ),
        ),
    ),
    Broken(
        "{scale: 0.1, kind: gauss}",
        "{kind: gauss}",
        (Said("82:11", "parameter_missing", "'robustness.noise' needs the setting 'scale': How much."),),
    ),
    Broken(
        "{scale: 0.1, kind: gauss}",
        "{scale: 0.1, kind: laplace}",
        (
            Said(
                "82:30",
                "parameter_out_of_range",
                "'kind' of 'robustness.noise' is one of gauss, uniform; found laplace.",
            ),
        ),
    ),
    Broken(
        "{scale: 0.1, kind: gauss}",
        "{scale: 0.1, repeat: 2}",
        (
            Said(
                "82:24",
                "unknown_parameter",
                "'robustness.noise' has no setting 'repeat'; it has 'scale', 'repeats', 'kind', 'column', 'people'.",
                "repeats",
            ),
        ),
    ),
    Broken(
        "{scale: 0.1, kind: gauss}",
        "{scale: 0.1, repeats: 2.5}",
        (
            Said(
                "82:33",
                "parameter_out_of_range",
                "'repeats' of 'robustness.noise' is a whole number between 1 and 9; found 2.5.",
            ),
        ),
    ),
    Broken(
        "{scale: 0.1, kind: gauss}",
        "{scale: 0.1, column: true}",
        (Said("82:32", "setting_expected", "For 'column' a number or a text is expected; found 'true'."),),
    ),
    Broken(
        "    with: {scale",
        "    parameters: {scale",
        (Said("82:5", "unknown_key", "'parameters' is not known in the criterion 'noise'.", "with"),),
    ),
    Broken(
        "    metric: performance.accuracy",
        "    metric: performance.accuracy\n    data: train",
        (
            Said(
                "61:11",
                "judged_on_seen_rows",
                "'accuracy' asks the model, which is judged on 'test' alone; the developer has worked on the rows of 'train'.",
            ),
        ),
    ),
    Broken(
        "    metric: performance.accuracy",
        "    metric: performance.accuracy\n    data: develop",
        (
            Said(
                "61:11",
                "judged_on_seen_rows",
                "'accuracy' asks the model, which is judged on 'test' alone; the developer has worked on the rows of 'develop'.",
            ),
            Said(
                "61:11",
                "data_not_declared",
                "'accuracy' is judged on 'develop', and 'data' names no such file.",
            ),
        ),
    ),
    Broken(
        "    metric: performance.accuracy",
        "    metric: performance.brier",
        (
            Said(
                "61:5",
                "comparator_unsuited",
                "Brier score is judged with 'at_most'; found 'at_least'.",
                "at_most",
            ),
        ),
    ),
    Broken(
        "    metric: performance.accuracy",
        "    metric: performance.accuracy\n    metric: x",
        (
            Said(
                "61:5",
                "duplicate_key",
                "The key 'metric' stands twice in the same block; the first is on line 60.",
            ),
        ),
    ),
    Broken(
        "use_case.misuse]",
        "use_case.missuse]",
        (
            Said(
                "86:37",
                "unknown_section",
                "'use_case.missuse' is no section of a specification.",
                "use_case.misuse",
            ),
        ),
    ),
    Broken(
        "monitoring: {watch: Impact ratio, cadence: monthly, recertify_when: It falls below 0.8.}",
        "monitoring: monthly",
        (Said("83:13", "block_expected", "A block of keys is expected for 'monitoring'; found 'monthly'."),),
    ),
    Broken(
        "use_case:\n  domain: credit",
        "use_case:\n  domain: &d credit",
        (Said("4:11", "anchor", "An anchor (&name) is not allowed."),),
    ),
    Broken(
        "intersections: [[sex, age]]",
        "intersections: [[sex, age]]\nstages: [privacy]",
        (
            Said(
                "52:10",
                "stage_without_criterion",
                "The stage 'privacy' must have a verdict and no criterion belongs to it.",
            ),
        ),
    ),
    Broken(
        "intersections: [[sex, age]]",
        "intersections: [[sex, age]]\nstages: [privat]",
        (
            Said(
                "52:10",
                "not_one_of",
                "'data', 'performance', 'robustness', 'fairness', 'privacy', 'safety', 'operations' or 'documentation' is expected for item 1 of 'stages'; found 'privat'.",
                "privacy",
            ),
        ),
    ),
    Broken(
        "    rationale: Incomes are",
        "    rationale: Note: Incomes are",
        (
            Said(
                "79:20",
                "not_yaml",
                "A colon stands where no key can be: a second one on the line, or a line that is indented wrongly.",
            ),
        ),
    ),
    Broken(
        "roles:\n",
        "roles: []\nrolls:\n",
        (
            Said("14:8", "block_expected", "A block of keys is expected for 'roles'; found '[]'."),
            Said("15:1", "unknown_key", "'rolls' is not known in the document.", "roles"),
        ),
    ),
)

DICTIONARIES = (
    Broken(
        "type: number",
        "type: float",
        (
            Said(
                "4:26",
                "not_one_of",
                "'integer', 'number', 'category', 'identifier', 'text', 'boolean' or 'date' is expected for 'type'; found 'float'.",
                "number",
            ),
        ),
    ),
    Broken(
        "range: [1, 120]",
        "range: [120, 1]",
        (Said("5:65", "range_reversed", "The smallest value comes first in a range; found 120 before 1."),),
    ),
    Broken(
        "range: [1, 120]",
        "range: [1]",
        (Said("5:65", "pair_expected", "A pair of values is expected; found '[1]'."),),
    ),
    Broken(
        "range: [1, 120]",
        "range: 120",
        (Said("5:65", "list_expected", "A list is expected for 'range'; found '120'."),),
    ),
    Broken(
        "name: months",
        "name: amount",
        (Said("5:12", "duplicate_column", "The column 'amount' is described already."),),
    ),
    Broken(
        "{1: paid, 2: late}",
        "{1: paid, 1: late}",
        (
            Said(
                "9:22", "duplicate_key", "The key '1' stands twice in the same block; the first is on line 9."
            ),
        ),
    ),
    Broken(
        "{1: paid, 2: late}", "{1: paid, two: ''}", (Said("9:27", "empty_text", "'two' must not be empty."),)
    ),
    Broken(
        "    codes: {1: paid, 2: late}\n",
        "",
        (
            Said(
                "6:5",
                "category_without_codes",
                "The column 'status' is a category and its codes are not listed.",
            ),
        ),
    ),
    Broken(
        "description: Duration",
        "description:",
        (Said("5:35", "unknown_key", "'description:' is not known in the column 'months'.", "description"),),
    ),
    Broken(
        "missing: allowed",
        "missing: sometimes",
        (Said("10:14", "not_one_of", "'never' or 'allowed' is expected for 'missing'; found 'sometimes'."),),
    ),
    Broken(
        "assay_dictionary: 1",
        "assay: 1",
        (
            Said(
                "1:1",
                "missing_key",
                "The document needs 'assay_dictionary': the version of this document's form.",
            ),
            Said("1:1", "unknown_key", "'assay' is not known in the document."),
        ),
    ),
    Broken(
        "columns:",
        "colums:",
        (Said("2:1", "unknown_key", "'colums' is not known in the document.", "columns"),),
    ),
    Broken(
        "range: [1, 120]",
        "codes: {'1': a}",
        (
            Said(
                "5:66",
                "code_of_wrong_type",
                "A whole number is expected as a code of 'months'; found the text '1'.",
            ),
        ),
    ),
    Broken(
        "description: Part of the town",
        "range: [1,2]",
        (Said("13:5", "missing_key", "The column 'city' needs 'description': what it means, in words."),),
    ),
)
