"""The log: one form for all lines, and no card number, code or password in any of them."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from altyn.domain.card.values import Cvc, Pan, luhn_digit
from altyn.logs import configure_logging

DIGITS, COVER = "4111111111111111", "411111**1111"


@pytest.fixture(autouse=True)
def _restore_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for owner, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, hook, getattr(owner, hook))
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


def written(act: Callable[[], object], *, level: str = "info", as_json: bool = True) -> str:
    stream = io.StringIO()
    with redirect_stderr(stream):
        configure_logging(level, as_json)
        act()
    return stream.getvalue()


def lines(act: Callable[[], object], *, level: str = "info") -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(act, level=level).splitlines()]


def test_line_is_json_with_time_level_and_event_first() -> None:
    def act() -> None:
        structlog.contextvars.bind_contextvars(request_id="r-1")
        structlog.get_logger().info("order registered", order_number="заказ-1", amount_minor=5)

    (line,) = lines(act)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "event": "order registered",
        "request_id": "r-1",
        "order_number": "заказ-1",
        "amount_minor": 5,
    }


def test_terminal_gets_the_human_form_and_pipe_gets_json() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, is_json in ((Terminal(), False), (io.StringIO(), True)):
        with redirect_stderr(stream):
            configure_logging("info")
            structlog.get_logger().info("hello", amount_minor=5)
        assert stream.getvalue().startswith("{") == is_json
        assert "hello" in stream.getvalue()


@pytest.mark.parametrize("as_json", [True, False])
def test_texts_from_outside_do_not_control_the_terminal(*, as_json: bool) -> None:
    hostile = "a\x1b[2J\x7f\x9b2J\u202eb"

    def act() -> None:
        structlog.get_logger().info("refused", parameter=hostile, several=[hostile])
        logging.getLogger("library").warning("saw %s", hostile)

    text = written(act, as_json=as_json)

    assert not set(text) & set("\x1b\x7f\x9b\u202e")
    assert text.count("u202e") == 3
    assert len(text.splitlines()) == 2
    if as_json:
        first, second = (json.loads(line) for line in text.splitlines())
        assert (first["parameter"], second["event"]) == (hostile, f"saw {hostile}")


def test_level_applies_to_all_loggers() -> None:
    def act() -> None:
        for log in (structlog.get_logger(), logging.getLogger("uvicorn.error")):
            log.info("less")
            log.warning("more")

    assert [line["event"] for line in lines(act, level="WARNING")] == ["more", "more"]
    with pytest.raises(ValueError, match="'loud'"):
        configure_logging("loud")


def test_logger_made_before_follows_the_last_configuration() -> None:
    log = structlog.get_logger()
    assert not lines(lambda: log.debug("early"))
    assert lines(lambda: log.debug("late"), level="debug")[0]["event"] == "late"


@pytest.mark.parametrize("name", ["uvicorn", "uvicorn.error", "asyncio", "any.library"])
def test_lines_of_libraries_are_written_once_in_the_same_form(name: str) -> None:
    library = logging.getLogger(name)
    library.addHandler(logging.StreamHandler())  # what the library had set up for itself
    library.propagate = name != "uvicorn.error"
    try:
        found = lines(lambda: library.warning("card %s, %s", Pan(DIGITS), DIGITS))
    finally:
        library.handlers.clear()
        library.propagate = True

    ours = [line for line in found if line["logger"] == name]
    assert [line["event"] for line in ours] == [f"card {COVER}, {COVER}"]
    assert ours[0]["level"] == "warning"


def test_access_lines_of_libraries_are_dropped() -> None:
    def act() -> None:
        for name in ("uvicorn.access", "aiohttp.access"):
            logging.getLogger(name).error("GET /?password=secret1")

    assert written(act) == ""


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", [None, "uvicorn.error"])
def test_traceback_shows_places_but_no_values(name: str | None, *, as_json: bool) -> None:
    hidden = "local-" + "variable"

    def fail(cvc: str) -> None:
        local = hidden + cvc
        raise ValueError(f"card {DIGITS} with cvc={cvc!r} refused, {len(local)}")

    def act() -> None:
        log: Any = structlog.get_logger() if name is None else logging.getLogger(name)
        try:
            try:
                fail("73" + "7")
            except ValueError as error:
                error.add_note(f"note: {DIGITS}")
                raise RuntimeError("outer") from error
        except RuntimeError:
            log.exception("payment failed")

    text = written(act, as_json=as_json)
    assert "payment failed" in text
    assert "in fail" in text
    assert f"card {COVER} with cvc=*** refused, 17" in text
    assert f"note: {COVER}" in text
    timeless = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "", text)  # whose digits may be any
    for secret in (DIGITS, "737", "local-variable"):
        assert secret not in timeless


def test_long_traceback_keeps_its_end() -> None:
    def act() -> None:
        try:
            raise ValueError("x" * 50_000 + f" {DIGITS} the end")  # noqa: TRY301 - wanted here
        except ValueError:
            structlog.get_logger().exception("failed")

    (line,) = lines(act)
    assert line["exception"].endswith(f"{COVER} the end")
    assert len(line["exception"]) < 20_000


def test_line_that_cannot_be_formed_does_not_show_its_arguments() -> None:
    text = written(lambda: logging.getLogger("library").error(*("two %s %s", DIGITS)))

    assert "could not be formatted (TypeError)" in text
    assert "test_logs.py" in text
    assert DIGITS not in text


def test_uncaught_exception_is_logged_and_masked() -> None:
    def fail() -> None:
        raise ValueError(DIGITS)

    def act() -> None:
        try:
            fail()
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

        class Broken:
            def __del__(self) -> None:
                fail()

        Broken()

    found = lines(act)
    assert [line["event"] for line in found] == ["uncaught exception"] * 3
    assert all(f"ValueError: {COVER}" in line["exception"] for line in found)
    assert DIGITS not in str(found)


def test_python_warnings_are_logged() -> None:
    def act() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(capture=True)
            warnings.warn(f"about {DIGITS}", stacklevel=1)

    (line,) = lines(act)
    assert line["logger"] == "py.warnings"
    assert f"about {COVER}" in line["event"]


def test_closed_stream_is_ignored() -> None:
    stream = io.StringIO()
    with redirect_stderr(stream):
        configure_logging("info", json=True)
        stream.close()
        structlog.get_logger().error("nobody reads this")
        logging.getLogger("library").error("nor this")


SECRET_NAMES = st.sampled_from(
    ["password", "$CVC", "cvc", "$PAN", "token", "seToken", "paRes", "key"]
)
SAFE_TEXT = st.text("abcxyz _-.,:;=&?'\"<>/\n", max_size=8)
pans = st.text("3456789", min_size=15, max_size=15).map(lambda part: part + luhn_digit(part))


@st.composite
def lines_with_secrets(draw: st.DrawFn) -> tuple[object, tuple[str, ...]]:
    """Any nesting around a card number and a code, with the digits which must not come out."""
    pan, cvc = draw(pans), "111"
    around, behind = draw(SAFE_TEXT), draw(SAFE_TEXT)
    secrets = [Pan(pan), pan, int(pan), around + pan + behind, pan.encode(), Cvc(cvc)]
    secrets += [
        ValueError(f"{around}{pan}"),
        {draw(SECRET_NAMES): cvc},
        {draw(SECRET_NAMES): int(cvc)},
    ]
    secrets += [{draw(SECRET_NAMES): [cvc, {"a": cvc}]}, (draw(SECRET_NAMES), cvc), {pan: 1}]
    secrets += [f"{draw(SECRET_NAMES)}={cvc}&b", f'{{"{draw(SECRET_NAMES)}": "{cvc}"}}']
    nested = st.recursive(
        st.sampled_from(secrets) | SAFE_TEXT | st.none() | st.booleans(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(SAFE_TEXT, inner, max_size=4)
            | st.tuples(inner, inner)
        ),
        max_leaves=15,
    )
    return draw(nested), (pan, cvc)


@pytest.mark.parametrize("as_json", [True, False])
@settings(deadline=None, max_examples=60)
@given(case=lines_with_secrets())
def test_no_line_shows_a_card_number_or_a_code(
    case: tuple[object, tuple[str, ...]], *, as_json: bool
) -> None:
    value, secrets = case

    def act() -> None:
        structlog.get_logger().info("with a value", timestamp="-", value=value)
        logging.getLogger("library").warning("with %s", repr(value), extra={"value": value})

    text = written(act, as_json=as_json)
    written_part = "".join(line.partition("with")[2] for line in text.splitlines(keepends=True))
    for secret in secrets:
        assert secret not in written_part
