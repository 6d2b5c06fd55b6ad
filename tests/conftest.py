"""What every test shares: how Hypothesis searches.

A counterexample that is found can be replayed. The search stays random on every
run (a derandomised one would look at the same examples for ever), so a failure prints the blob that
replays it; no example has a deadline, because no test may depend on speed.
Fixtures belong to the folder that uses them: `tests/e2e/conftest.py`, for example.
"""

import os
import signal

import pytest
import structlog
from hypothesis import HealthCheck, settings

# Asserts in helpers show what differed, as in tests; registered before any test imports them.
pytest.register_assert_rewrite("tests.shop", "tests.audit", "tests.simulation.scenario")

settings.register_profile(
    "everyday",
    deadline=None,
    print_blob=True,
    # How fast examples are drawn depends on the machine, and so must not decide over a test.
    suppress_health_check=[HealthCheck.too_slow],
)
# The same, but longer, after a change to a parser: HYPOTHESIS_PROFILE=thorough make test-fast
settings.register_profile("thorough", settings.get_profile("everyday"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))

# A shell without job control starts background jobs with SIGINT ignored, and every process below
# them inherits that; tests interrupt commands as a user does.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A process that a test starts reads the modules that an earlier one has compiled, as for a user.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# As the gateway's own log: the default draws all local values of a traceback, for half a minute.
*before_the_renderer, _ = structlog.get_config()["processors"]
structlog.configure(
    processors=[
        *before_the_renderer,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
