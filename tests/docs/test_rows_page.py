"""docs/rows.md is the reader's version of casemill.schema."""

import doctest
import re

import pytest

from casemill.schema import CLOCK, CLOCK_PATTERN, FACT_TABLES, QUALITY_CODES, TABLES
from casemill.tables import columns_of


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "rows.md").read_text(encoding="utf-8")


def section(page, title):
    return re.search(rf"(?ms)^## {title}\n(.*?)(?=^## |\Z)", page).group(1)


@pytest.mark.parametrize("name", [*TABLES, "dropped"])
def test_the_header_of_each_table(page, name):
    assert f"`{','.join(columns_of(name))}`" in section(page, name)


@pytest.mark.parametrize("name", list(TABLES))
def test_key_scored_columns_and_closed_lists(page, name):
    table, text = TABLES[name], section(page, name)
    key, scored = re.search(r"Key: (.*?)\. Scored:(.*?)\.\n\n", text, re.DOTALL).groups()
    assert tuple(re.findall(r"`(\w+)`", key.split("(")[0])) == table.key
    assert tuple(re.findall(r"`(\w+)`", scored)) == table.scored
    described = dict(re.findall(r"(?m)^\| (`[^|]+`) \| (.*) \|$", text))
    for column in (*table.own, *table.codes):
        assert any(f"`{column}`" in names for names in described), column
    for column, values in table.enums.items():
        cell = next(text for names, text in described.items() if f"`{column}`" in names)
        assert tuple(re.findall(r"`([^`]+)`", cell)) == values


def test_quality_codes(page):
    described = re.findall(r"(?m)^\| `(\w+)` \| (.*) \|$", section(page, "Quality codes"))
    assert dict(described) == dict(QUALITY_CODES)


def test_the_clock_has_its_section_and_every_form_in_it_is_one(root, page):
    failed, tried = doctest.testfile(str(root / "docs" / "rows.md"), module_relative=False, encoding="utf-8")
    assert tried
    assert not failed
    table = re.findall(r"(?m)^\| (`[^|]+`) \| .* \|$", section(page, "The clock"))
    forms = [form for cell in table for form in re.findall(r"`([^`]+)`", cell)]
    assert len(forms) > 5
    assert all(re.fullmatch(CLOCK_PATTERN, form) for form in forms)


def test_the_clock_stands_behind_the_header_of_the_tables_of_facts():
    for name, table in TABLES.items():
        added = (CLOCK,) if name in FACT_TABLES else ()
        assert columns_of(name, clock=True) == (*table.columns, *added)
    assert CLOCK not in columns_of("dropped", clock=True)
