"""Attributes of the bank's app are named as ignored by each method that begins no payment there.

Source: sberpay.md §3; rest-orders.md §1.4.
"""

from __future__ import annotations

import pytest

from altyn.protocol.dialects.classic.cautions import APP_ATTRIBUTES
from altyn.protocol.dialects.classic.dialect import CLASSIC
from altyn.protocol.table import Method
from tests.protocol.test_addresses import attribute_rows

BEGIN_IN_APP = {"register", "registerPreAuth"}
METHODS = [pair for pair in attribute_rows() if pair[0].name not in BEGIN_IN_APP]


@pytest.mark.parametrize("name", APP_ATTRIBUTES)
def test_attribute_of_the_app_is_named_by_methods_that_cannot_use_it(name: str) -> None:
    silent = [
        method.name
        for method, row in METHODS
        if not (row.remarks and any(name in each for each in row.remarks({name: "true"})))
    ]
    assert silent == []


@pytest.mark.parametrize("method", CLASSIC.methods, ids=lambda each: each.name)
def test_registration_for_the_app_names_no_attribute_of_it(method: Method) -> None:
    rows = [row for row in method.parameters if row.name == "jsonParams" and row.remarks]
    if method.name in BEGIN_IN_APP:
        assert not [each for row in rows if row.remarks for each in row.remarks({"app2app": "1"})]
