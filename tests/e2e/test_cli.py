"""The commands of `altyn` against a gateway that `altyn serve` has started."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.command import (
    SHOP,
    CommandResult,
    Gateway,
    altyn,
    environment,
    eventually,
    processes_of,
    serving,
)

pytestmark = pytest.mark.slow

SSL, TDS1, FRICTIONLESS = "5555555555555599", "4111111111111111", "2202205000012424"
DEPOSITED, DECLINED = 2, 6


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("altyn") / "home", first_start=True) as running:
        yield running


def test_banner_shows_commands_to_paste(gateway: Gateway) -> None:
    banner = gateway.log.read_text(encoding="utf-8")

    assert "sandbox, no money moves" in banner
    assert f"curl -s {gateway.address}/payment/rest/register.do -d 'userName=test-api" in banner
    assert str(gateway.home) in banner
    assert "signed with the key test-callback-key" in banner
    assert f"export ALTYN_HOME={gateway.home}" in banner
    assert f"export ALTYN_PORT={urlsplit(gateway.address).port}" in banner
    assert "bin/activate" in banner
    assert "\x1b" not in banner  # not a terminal


@pytest.mark.parametrize("card", [SSL, TDS1, FRICTIONLESS])
def test_order_is_paid_at_the_terminal(gateway: Gateway, card: str) -> None:
    order = gateway.register()

    paid = gateway.run("pay", order["orderId"], "--card", card)

    assert (paid.code, paid.err) == (0, "")
    assert "shop.example/thanks" in paid.out
    assert gateway.status(order["orderId"])["orderStatus"] == DEPOSITED


def test_order_is_paid_by_its_form_url_with_a_3ds_code(gateway: Gateway) -> None:
    paid = gateway.run("pay", gateway.register()["formUrl"], "--card", TDS1)

    assert paid.code == 0
    assert "types 12345678" in paid.out


def test_wrong_code_or_decline_leaves_the_order_unpaid(gateway: Gateway) -> None:
    order = gateway.register()["orderId"]
    declining = gateway.run("cards", "--action-code", "116").out.split()[0]

    wrong = gateway.run("pay", order, "--card", TDS1, "--code", "1")
    declined = gateway.run("pay", order, "--card", declining)

    assert (wrong.code, declined.code) == (3, 3)
    assert "(action code -2006). Attempts left: 2." in wrong.out
    assert "(action code 116). Attempts left: 1." in declined.out
    assert "Paid" not in wrong.out + declined.out
    assert gateway.status(order)["orderStatus"] != DEPOSITED


def test_pay_reports_what_happened_by_words_and_exit_code(gateway: Gateway) -> None:
    held = gateway.call("registerPreAuth.do", amount=150000, returnUrl=SHOP)["orderId"]
    order = gateway.register()["orderId"]

    runs = [gateway.run("pay", each, "--card", SSL) for each in (held, held, order, order)]
    gateway.call("refund.do", orderId=order, amount=150000)
    gateway.call("reverse.do", orderId=held)
    runs += [gateway.run("pay", each, "--card", SSL) for each in (order, held)]

    assert [run.code for run in runs] == [0, 5, 0, 5, 6, 7]
    last_lines = [run.out.splitlines()[-2] for run in runs]
    assert last_lines == [
        "Held: 1500.00 RUB. The shop takes the amount by deposit.do.",
        "Nothing was paid now: 1500.00 RUB are held since before.",
        "Paid: 1500.00 RUB.",
        "Nothing was paid now: the order was paid before (1500.00 RUB).",
        "Nothing was paid now: the order was refunded before (1500.00 RUB of 1500.00 RUB).",
        "Nothing was paid now: the payment of the order was reversed before.",
    ]


def test_unfinished_and_refused_payments_are_not_paid(gateway: Gateway) -> None:
    order = gateway.register()["orderId"]

    left = gateway.run("pay", order, "--card", TDS1, "--no-3ds-code")
    refused = gateway.run("pay", order, "--card", TDS1, "--cvc", "1")
    contradicting = gateway.run("pay", order, "--card", TDS1, "--code", "1", "--cancel")

    assert (left.code, refused.code, contradicting.code) == (8, 9, 1)
    assert "Not paid yet: the payer left the bank's page" in left.out
    assert "no attempt was used" in refused.out
    assert "contradict each other" in contradicting.err


def test_pay_prints_json_with_the_names_of_the_wire(gateway: Gateway) -> None:
    order = gateway.register()["orderId"]

    paid = gateway.run("pay", order, "--card", SSL, "--code", "1", "--json")

    answer = json.loads(paid.out)
    assert (paid.code, answer["result"], answer["orderStatus"]) == (0, "PAID", DEPOSITED)
    assert answer["unused"] == ["otp"]


def test_order_is_listed_and_shown(gateway: Gateway) -> None:
    order = gateway.register(orderNumber="STORY-1", description="A book")["orderId"]
    gateway.run("pay", order, "--card", SSL)

    listed = gateway.run("order", "list", "--merchant", "test", "--status", "deposited")
    by_number = gateway.run("order", "show", "STORY-1")
    by_id = gateway.run("order", "show", order)

    assert "STORY-1" in listed.out
    assert by_number.out == by_id.out
    for part in ("A book", "1 500.00", "555555**5599", "purchase approved", "hold → merchant"):
        assert part in by_id.out.replace("\u202f", " ").replace("\u2009", " ").replace("\xa0", " ")
    assert SSL not in by_id.out


def test_unknown_order_is_reported(gateway: Gateway) -> None:
    shown = gateway.run("order", "show", "UNKNOWN-1")
    paid = gateway.run("pay", "01a20058-4b43-8000-8145-71f41dd26728", "--card", SSL)

    assert shown.code == paid.code == 1
    assert "There is no order UNKNOWN-1" in shown.err
    assert "Traceback" not in shown.err + paid.err


def test_what_is_due_next_is_listed_with_the_time_to_move_to(gateway: Gateway) -> None:
    order = gateway.register(orderNumber="DUE-1")["orderId"]

    listed = json.loads(gateway.run("clock", "due", "--limit", "100", "--json").out)
    text = gateway.run("clock", "due", "--limit", "100").out

    [entry] = [each for each in listed["due"] if each["orderId"] == order]
    at = datetime.fromisoformat(entry["moscow"]).isoformat(timespec="seconds")
    [line] = [each for each in text.splitlines() if "DUE-1" in each]
    assert line.startswith(at)
    assert "The time to pay ends; the order is declined" in text

    assert gateway.run("clock", "set", at).code == 0
    assert gateway.status(order)["orderStatus"] == DECLINED


def test_moved_clock_ends_sessions(gateway: Gateway) -> None:
    order = gateway.register()["orderId"]

    moved = gateway.run("clock", "advance", "21m")
    paid = gateway.run("pay", order, "--card", SSL)

    assert moved.code == 0
    assert "forward by 21 min" in moved.out
    assert gateway.status(order)["orderStatus"] == DECLINED
    assert (paid.code, paid.out.splitlines()[-2][:8]) == (4, "Expired:")
    assert "ahead of the real time" in gateway.run("clock", "show").out
    assert "forward only" in gateway.run("clock", "set", "2020-01-01T00:00:00Z").err


def test_new_shop_works_at_once_with_its_settings(gateway: Gateway) -> None:
    user = {"userName": "books-api", "password": "sesame-12"}

    added = gateway.run(
        "merchant", "add", "books", "Books", "hold_days=3", "--password", "sesame-12"
    )
    registered = gateway.register(**user)
    changed = gateway.run("merchant", "set", "books", "-one_phase", "mcc=5942")
    shown = gateway.run("merchant", "show", "books")

    assert added.code == changed.code == 0
    assert registered["orderId"]
    assert "-one_phase" in changed.out
    assert "mcc" in shown.out
    assert "5942" in shown.out
    assert "sesame-12" not in added.out + shown.out


def test_shop_with_an_invalid_setting_is_not_added(gateway: Gateway) -> None:
    refused = gateway.run("merchant", "add", "half", "Half", "hold_days=9999")

    assert refused.code == 1
    assert "1 to 365 days" in refused.err
    assert "half" not in gateway.run("merchant", "list").out


def test_generated_password_replaces_the_old_one(gateway: Gateway) -> None:
    gateway.run("merchant", "add", "shoes", "Shoes", "--password", "sesame-12")

    new = gateway.run("merchant", "password", "shoes-api", "--generate").out.split()[-1]

    assert "orderId" in gateway.register(userName="shoes-api", password=new)
    assert gateway.register(userName="shoes-api", password="sesame-12")["errorCode"] == "5"


def test_doctor_finds_no_fault(gateway: Gateway) -> None:
    examined = gateway.run("doctor")

    assert (examined.code, examined.err) == (0, "")
    assert "wrong" not in examined.out
    for part in ("a gateway answers", "PostgreSQL", "migrations", "stored card"):
        assert part in examined.out


def test_port_in_use_is_reported(gateway: Gateway, tmp_path: Path) -> None:
    port = urlsplit(gateway.address).port

    refused = altyn(tmp_path / "other", "serve", "--port", str(port))

    assert refused.code == 1
    assert f"Port {port}" in refused.err
    assert "ALTYN_PORT" in refused.err
    assert "Another Altyn answers there" in " ".join(refused.err.split())
    assert not processes_of(tmp_path / "other")


def test_orders_survive_a_restart_with_two_workers(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with serving(home) as first:
        order = first.register()["orderId"]
        assert first.stop(signal.SIGINT) == 0
        assert not first.processes()
        assert "Traceback" not in first.log.read_text(encoding="utf-8")

    with serving(home, ALTYN_WORKERS="2") as again:
        assert again.status(order)["orderNumber"]
        assert len(again.workers()) == 2
        assert again.stop(signal.SIGTERM) == 0
        assert not again.processes()
        assert "Traceback" not in again.log.read_text(encoding="utf-8")


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path / "home", ALTYN_WORKERS="2") as gateway:
        workers = gateway.workers()
        postgres = gateway.postgresql()
        assert postgres is not None
        assert len(workers) == 2
        gateway.process.kill()

        assert eventually(lambda: not any(worker.is_running() for worker in workers))
        assert "parent_ended" in gateway.log.read_text(encoding="utf-8")
        with serving(tmp_path / "home") as again:  # takes the database over
            assert again.register()["orderId"]
            assert again.stop() == 0


def test_killed_postgresql_is_restarted(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as gateway:
        order = gateway.register()["orderId"]
        killed = gateway.postgresql()
        assert killed is not None
        killed.kill()

        assert eventually(lambda: gateway.postgresql() not in {None, killed})
        assert eventually(lambda: gateway.status(order)["orderNumber"])
        assert gateway.stop() == 0
        assert not gateway.processes()


def test_production_without_its_settings_is_refused(tmp_path: Path) -> None:
    refused = altyn(tmp_path, "serve", ALTYN_MODE="production")

    assert refused.code == 1
    assert "ALTYN_DATABASE_URL" in refused.err
    assert "Traceback" not in refused.err


def test_second_gateway_on_one_home_takes_the_database_over(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as first, serving(home, log="second") as second:
        order = first.register()["orderId"]
        database = second.postgresql()

        assert first.stop() == 0
        assert second.status(order)["orderNumber"]
        assert second.register()["orderId"]
        assert second.postgresql() == database
        assert second.stop() == 0
        assert not second.processes()
        for gateway in (first, second):
            log = gateway.log.read_text(encoding="utf-8")
            assert "Traceback" not in log
            assert "warning" not in log


def test_stopped_gateway_prints_where_its_data_are(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as gateway:
        stopped = gateway.run("stop")
        assert (stopped.code, stopped.err) == (0, "")
        assert f"{gateway.address} has stopped" in stopped.out
        assert gateway.process.wait(60) == 0
        assert not gateway.processes()
        log = gateway.log.read_text(encoding="utf-8")
        assert f"Altyn has stopped. The data are kept in {gateway.home}" in log
    again = altyn(tmp_path / "home", "stop")
    assert again.code == 1
    assert "No gateway runs on" in again.err


def test_sandbox_is_reset_only_when_no_gateway_runs_and_after_a_question(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as gateway:
        gateway.register(orderNumber="OLD-1")
        refused = gateway.run("reset", "--yes")
        assert refused.code == 1
        assert "Stop it first" in refused.err
        gateway.stop()
    assert "Give --yes" in altyn(home, "reset").err
    assert "ALTYN_MODE is production" in _in_production(home).err
    assert altyn(home, "reset", "--yes").code == 0
    assert not (home / "postgres").exists()
    assert "There is no sandbox" in altyn(home, "reset", "--yes").err
    with serving(home) as again:
        assert "There is no order OLD-1" in again.run("order", "show", "OLD-1").err


def _in_production(home: Path) -> CommandResult:
    settings = {
        "ALTYN_MODE": "production",
        "ALTYN_DATABASE_URL": "postgresql://altyn@db.example/altyn?sslmode=verify-full",
        "ALTYN_KEY_FILE": str(home / "keys.json"),
        "ALTYN_PUBLIC_URL": "https://pay.shop.example",
        "ALTYN_ACQUIRER_URL": "https://bank.example",
        "ALTYN_ACQUIRER_KEY": "k" * 40,
        "ALTYN_TLS_TERMINATED": "yes",
    }
    return altyn(home, "reset", "--yes", **settings)


def test_fresh_gateway_prints_its_address_as_json_and_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "altyn", "serve", "--fresh", "--port", "0", "--json"],
        env={**environment(tmp_path / "unused"), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        gateway = Gateway(process, Path(ready["home"]), ready["address"], tmp_path)
        assert ready["userName"] == "test-api"
        assert gateway.home.parent == tmp_path
        assert gateway.register()["orderId"]
        process.terminate()
        rest, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, rest) == (0, "")
    assert not gateway.processes()
    assert list(tmp_path.iterdir()) == []


def test_fresh_data_and_named_data_are_refused_together(tmp_path: Path) -> None:
    refused = altyn(tmp_path, "serve", "--fresh", "--home", str(tmp_path / "x"))

    assert refused.code == 1
    assert "--fresh" in refused.err


def test_payment_link_is_printed_drawn_and_sent(gateway: Gateway, tmp_path: Path) -> None:
    order = gateway.register()
    files = ("--png", str(tmp_path / "a.png"), "--svg", str(tmp_path / "a.svg"))

    drawn = gateway.run("order", "link", order["orderId"], "--qr", *files)
    sent = gateway.run(
        "order", "link", order["orderId"], "--sms", "8 999 888 77 66", "--email", "a@b.example"
    )
    members = json.loads(gateway.run("order", "link", order["orderId"], "--json").out)

    assert drawn.out.splitlines()[0] == order["formUrl"]
    assert "\N{FULL BLOCK}" in drawn.out
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()
    assert "The link goes to 79998887766 by SMS." in sent.out
    assert "The link goes to a@b.example by e-mail." in sent.out
    assert (members["formUrl"], members["sent"]) == (order["formUrl"], [])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--sms", "12"), "takes a Russian phone number"),
        (("--email", "nobody"), "is no e-mail address"),
        (("--png", "/nowhere/a.png"), "cannot be written"),
    ],
)
def test_payment_link_that_cannot_be_sent_is_refused(
    gateway: Gateway, arguments: tuple[str, ...], text: str
) -> None:
    order = gateway.register()
    refused = gateway.run("order", "link", order["orderId"], *arguments)
    assert refused.code == 1
    assert text in " ".join(refused.err.split())


def test_payment_link_that_is_sent_too_often_is_refused_with_the_time(gateway: Gateway) -> None:
    order = gateway.register()
    link = ("order", "link", order["orderId"], "--email", "a@b.example")
    for _ in range(5):
        assert gateway.run(*link).code == 0
    refused = gateway.run(*link)
    text = " ".join(refused.err.split())
    assert refused.code == 1
    assert "at most 5 messages an hour for an order (links.order_per_hour): repeat after" in text


def test_paid_order_has_no_payment_link(gateway: Gateway) -> None:
    order = gateway.register()
    gateway.run("pay", order["orderId"], "--card", SSL)
    refused = gateway.run("order", "link", order["orderId"])
    assert refused.code == 1
    assert "its link takes no payment" in " ".join(refused.err.split())
