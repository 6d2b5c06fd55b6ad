"""The settings of mails: what stops the start, and what the doctor and `merchant set` say."""

from dataclasses import replace

import pytest

from altyn.cli.merchants.view import unsent_mails_of
from altyn.cli.server.mail_check import mail_finding
from altyn.domain.mail_server import Tls
from altyn.settings import Mode, Settings, SettingsError, load, production_problems
from tests.builders import a_merchant

URL = "smtp://pay:top-secret@mail.example:587"
FROM = "Shop <pay@shop.example>"


def test_server_and_sender_are_read() -> None:
    settings = load({"ALTYN_SMTP_URL": f"{URL}?starttls=required", "ALTYN_MAIL_FROM": FROM})
    assert settings.smtp_server is not None
    assert settings.smtp_server.tls is Tls.REQUIRED
    assert settings.mail_sender.name == "Shop"
    assert "top-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "sender", "name"),
    [
        ("http://pay:top-secret@mail.example", FROM, "ALTYN_SMTP_URL"),
        (URL, "nobody", "ALTYN_MAIL_FROM"),
        (URL, "", "ALTYN_MAIL_FROM"),
    ],
)
def test_wrong_setting_stops_the_start_without_its_password(
    url: str, sender: str, name: str
) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        load({"ALTYN_SMTP_URL": url, "ALTYN_MAIL_FROM": sender})
    assert "top-secret" not in str(refused.value)


def test_sender_without_a_server_has_no_effect_in_production() -> None:
    problems = dict(production_problems(Settings(mode=Mode.PRODUCTION, mail_from=FROM)))
    assert "ALTYN_SMTP_URL" in problems["ALTYN_MAIL_FROM"]
    assert load({"ALTYN_MAIL_FROM": FROM}).mail_sender.name == "Shop"


def test_doctor_names_where_mails_go() -> None:
    sandbox = mail_finding(Settings())
    assert "/sandbox/mail" in sandbox.result
    assert not sandbox.remedy
    production = mail_finding(Settings(mode=Mode.PRODUCTION))
    assert "ALTYN_SMTP_URL" in production.result


def test_doctor_calls_the_server_and_never_shows_the_password() -> None:
    url = "smtp://pay:top-secret@127.0.0.1:9"
    finding = mail_finding(Settings(smtp_url=url, mail_from=FROM))
    assert "127.0.0.1:9 cannot be reached" in finding.result
    assert finding.remedy
    assert "top-secret" not in f"{finding.result} {finding.remedy}"


def test_shop_that_wants_mails_is_warned_where_none_are_sent() -> None:
    wanted = a_merchant(payer_email_notify=True).settings
    production = Settings(mode=Mode.PRODUCTION)
    [warning] = unsent_mails_of(wanted, production)
    assert "ALTYN_SMTP_URL" in warning
    assert unsent_mails_of(wanted, Settings()) == []
    assert unsent_mails_of(wanted, replace(production, smtp_url=URL)) == []
    assert unsent_mails_of(a_merchant().settings, production) == []
