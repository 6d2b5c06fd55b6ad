"""The limit of open files bounds the connections, and is raised where this user may."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from dataclasses import replace

import pytest

from altyn.inbound.connections.descriptors import (
    RESERVED,
    connections_allowed,
    raise_descriptor_limit,
)
from altyn.main.http_server import connection_bounds
from altyn.settings import Settings


@pytest.fixture(autouse=True)
def low_limit() -> Iterator[None]:
    """A soft limit of 512 descriptors during the test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_connections_stay_below_the_limit_of_descriptors() -> None:
    assert connections_allowed() == 512 - RESERVED
    assert connection_bounds(Settings()).connections == 512 - RESERVED
    few = replace(Settings(), connections_max=50, connections_per_address_max=60)
    assert connection_bounds(few).per_address == 50


def test_limit_is_raised_as_far_as_this_user_may() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    raised = raise_descriptor_limit()
    assert raised == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert raised > 512 or hard == 512
    assert raise_descriptor_limit() == raised
