"""The URL of the SMTP server: what it may be, and that its password is never shown."""

import pytest

from altyn.domain.mail_server import MailServerError, Tls, parse_smtp_url


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "user", "password"),
    [
        ("smtp://mail.example", "mail.example", 587, Tls.OFFERED, "", ""),
        ("smtp://mail.example:25/", "mail.example", 25, Tls.OFFERED, "", ""),
        ("smtps://u:p@mail.example", "mail.example", 465, Tls.IMPLICIT, "u", "p"),
        ("smtp://u%40x:p%2F%3A@[::1]:2525", "::1", 2525, Tls.OFFERED, "u@x", "p/:"),
        ("smtp://mail.example?starttls=required", "mail.example", 587, Tls.REQUIRED, "", ""),
        ("smtp://mail.example?starttls=offered", "mail.example", 587, Tls.OFFERED, "", ""),
    ],
)
def test_url_names_a_server(
    url: str, host: str, port: int, tls: Tls, user: str, password: str
) -> None:
    server = parse_smtp_url(url)
    assert (server.host, server.port, server.tls) == (host, port, tls)
    assert (server.user, server.password) == (user, password)


@pytest.mark.parametrize(
    "url",
    [
        *("mail.example", "http://mail.example", "smtp://", "smtp://mail.example:0"),
        *("smtp://mail.example:99999", "smtp://[", "smtp://secret@mail.example"),
        *("smtp://:secret@mail.example", "smtp://u:se/cret@mail.example"),
        *("smtp://u:secret@mail.example/box", "smtp://u:secret@mail.example?starttls=no"),
        *("smtps://u:secret@mail.example?starttls=required", "smtp://u:secret@mail.example?a=b"),
        *(
            "smtp://u:secret@mail.example#x",
            "smtp://u:sec%0Aret@mail.example",
            "smtp://u:secretпароль@mail.example",
            "smtp://a b",
        ),
    ],
)
def test_other_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(MailServerError) as refused:
        parse_smtp_url(url)
    assert "secret" not in str(refused.value)


def test_server_is_shown_without_its_password() -> None:
    server = parse_smtp_url("smtp://pay:top-secret@mail.example:587?starttls=required")
    assert str(server) == "smtp://pay:***@mail.example:587?starttls=required"
    assert "top-secret" not in repr(server)
