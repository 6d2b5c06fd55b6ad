"""Binding a port, and the error when another process listens on it."""

import os
import socket
from pathlib import Path

import pytest

from altyn.cli.output import CommandError
from altyn.cli.server.ports import bind_port, find_port_owner


def test_error_for_a_port_in_use_names_its_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} .* ALTYN_PORT"):
            bind_port("127.0.0.1", port)
        owner = find_port_owner(port)

    if Path("/proc/net/tcp").exists():
        assert owner is not None
        assert owner.pid == os.getpid()
