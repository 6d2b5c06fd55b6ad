"""The SOAP clients that tests drive: zeep in strict mode, and PHP's SoapClient in a script."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zeep
from zeep.wsse.username import UsernameToken

from altyn.inbound.soap.endpoint import PATH
from altyn.storage.demo import DEMO_API_LOGIN, DEMO_PASSWORD
from tests.e2e.gateway import Served


def wsdl_address(gateway: Served) -> str:
    """The address of the WSDL."""
    return f"{gateway.url}{PATH}?wsdl"


@contextmanager
def zeep_client(gateway: Served, password: str = DEMO_PASSWORD) -> Iterator[Any]:
    """A client in strict mode; its connections are closed at the end."""
    client = zeep.Client(
        wsdl_address(gateway),
        wsse=UsernameToken(DEMO_API_LOGIN, password),
        settings=zeep.Settings(strict=True, xml_huge_tree=False),
    )
    try:
        yield client
    finally:
        client.transport.session.close()


def php() -> str:
    """The path of PHP with its SOAP extension."""
    found = shutil.which("php")
    requirement = "these tests need PHP with SOAP (Debian: apt-get install php-cli php-soap)"
    if found is None:
        pytest.fail(f"php is missing: {requirement}")
    modules = subprocess.run([found, "-m"], capture_output=True, check=True, text=True).stdout
    if "soap" not in modules.lower().split():
        pytest.fail(f"php has no SOAP extension: {requirement}")
    return found


def steps_of_php(script: str, gateway: Served, *words: str) -> dict[str, Any]:
    """Run a script of this folder as the demo shop; its answers by the names of its steps."""
    path = Path(__file__).with_name(script)
    done = subprocess.run(
        [php(), str(path), wsdl_address(gateway), DEMO_API_LOGIN, DEMO_PASSWORD, *words],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())
