"""The program of docs/how-to/purchase-on-credit.md is run as it is printed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from altyn.protocol.test_phones import TEST_PHONES
from tests.e2e.command import COMMAND_SECONDS, serving

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "purchase-on-credit.md"
PRINTED: Final = "PAID Paid: 12000.00 RUB."


@pytest.mark.slow
def test_program_of_the_page_applies_and_pays(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    found = re.search(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    program = tmp_path / "shop.py"
    with serving(tmp_path / "home") as gateway:
        program.write_text(found[1].replace("http://127.0.0.1:8080", gateway.address))

        done = subprocess.run(
            [sys.executable, program], capture_output=True, text=True, check=False,
            timeout=COMMAND_SECONDS,
        )  # fmt: skip

    assert (done.returncode, done.stdout.strip()) == (0, PRINTED), done.stderr
    assert f"It prints `{PRINTED}`." in text


def test_page_has_every_number_that_the_bank_treats_in_a_way_of_its_own() -> None:
    text = PAGE.read_text("utf-8")
    of_credits = {
        each.ending for each in TEST_PHONES if each.scoring_refuses or each.credit_considered
    }
    assert set(re.findall(r"^\| ([0-9]{4}) \|", text, re.MULTILINE)) == of_credits
