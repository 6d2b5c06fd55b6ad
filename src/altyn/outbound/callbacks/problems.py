"""Why a delivery failed, in words: what is wrong, and what to do about it.

A shop's developer reads these texts in the list of deliveries. They name the host and the port,
never the rest of the address, which contains parameters and the checksum.
"""

import errno
import socket
import ssl
from enum import Enum, auto
from typing import Final

import aiohttp


class Stage(Enum):
    """The stages of a delivery, in their order."""

    QUEUEING = auto()
    RESOLVING = auto()
    CONNECTING = auto()
    WAITING = auto()


class DroppedError(Exception):
    """The connection ended before the response began; `__cause__` is the error that ended it."""


UNFINISHED: Final = {
    Stage.QUEUEING: "all connections to {where} were busy with earlier callbacks; answer faster",
    Stage.RESOLVING: "the name servers of {where} did not answer; check the DNS of the domain",
    Stage.CONNECTING: "no connection to {where} was established; check that the port is open to "
    "the gateway and that no firewall drops its packets",
    Stage.WAITING: "{where} accepted the connection and did not answer; answer 200 first and do "
    "the work afterwards",
}


def problem_of_timeout(stage: Stage, *, where: str, timeout_seconds: float) -> str:
    """The text for a time-out; `where` is host and port."""
    return f"Time-out after {timeout_seconds:g} s: {UNFINISHED[stage].format(where=where)}."


def problem_of(error: Exception, *, where: str) -> str:
    """The text for an error of the HTTP client; `where` is host and port.

    Checked in this order: name, certificate, TLS, connection, connection that ended early, invalid
    HTTP, our request.
    """
    match error:
        case aiohttp.ClientConnectorDNSError():
            return _of_name(error.os_error, where)
        case aiohttp.ClientConnectorCertificateError():
            return _of_certificate(error.certificate_error, where)
        case aiohttp.ClientConnectorSSLError():
            return _of_tls(error, where)
        case aiohttp.ClientConnectorError():
            return _of_connection(error.os_error, where)
        case DroppedError():
            return _of_drop(error.__cause__, where)
        case aiohttp.ClientResponseError():
            return (
                f"{where} answered with something that is not HTTP, or with headers over 8 KiB "
                f"({_one_line(error.message)}); check which program listens at this port."
            )
        case aiohttp.InvalidURL():
            return "The address cannot be called as it is written; correct it."
        case ValueError():
            return (
                "The request could not be written: a header has a line break or a character that "
                "headers cannot contain; correct the extra headers in the settings."
            )
        case _:
            return f"The callback to {where} failed ({type(error).__name__}); it is tried again."


def _of_name(error: OSError, where: str) -> str:
    if error.errno == socket.EAI_AGAIN:
        return f"The name of {where} could not be looked up now; check the DNS of the domain."
    return f"The name of {where} does not exist or has no address; check its spelling."


# OpenSSL's numbers for what is wrong with a certificate (its x509_vfy.h); `ssl` has no names.
CERTIFICATE_FAULTS: Final = {
    9: "is not valid yet; check the clocks and the date of issue",
    10: "has expired; renew it",
    18: "is self-signed; have it issued by a certification authority",
    19: "leads to a self-signed root that is not trusted here; use a public authority, or ask the "
    "operator to trust this root",
    20: "was issued by an authority that is not trusted here; send the intermediate certificates "
    "with it, or ask the operator to trust its root",
    21: "cannot be verified; send the intermediate certificates with it",
    62: "is for another name; have one issued for this host",
    64: "is for another name than this IP address; call the host by its name",
}


def _of_certificate(error: Exception, where: str) -> str:
    fault = None
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = CERTIFICATE_FAULTS.get(error.verify_code)
        fault = fault or f"was not accepted ({_one_line(error.verify_message)}); replace it"
    return f"The certificate of {where} {fault or 'was not accepted; replace it'}."


def _of_tls(error: OSError, where: str) -> str:
    reason = getattr(error, "reason", None) or error.strerror or type(error).__name__
    return (
        f"No TLS connection to {where} ({_one_line(str(reason))}); check that this port serves "
        f"https with TLS 1.2 or newer."
    )


CONNECTION_FAULTS: Final = {
    errno.ECONNREFUSED: "refused the connection; start the shop, or correct the port",
    errno.ECONNRESET: "closed the new connection at once; check which program uses this port",
    errno.ECONNABORTED: "closed the new connection at once; check which program uses this port",
    errno.EHOSTUNREACH: "cannot be reached from the gateway; check its network and the firewalls",
    errno.ENETUNREACH: "cannot be reached from the gateway; check the gateway's own network",
    errno.ETIMEDOUT: "did not accept the connection; check that no firewall drops the packets",
}


def _of_connection(error: OSError, where: str) -> str:
    fault = CONNECTION_FAULTS.get(error.errno or 0)
    if fault is None and isinstance(error, ConnectionError):
        fault = CONNECTION_FAULTS[errno.ECONNRESET]
    if fault is None:
        text = _one_line(error.strerror or str(error))
        fault = f"could not be reached ({text}); check the address and the port"
    return f"{where} {fault}."


def _of_drop(cause: BaseException | None, where: str) -> str:
    how = "reset" if isinstance(cause, OSError) else "closed"
    return (
        f"{where} accepted the connection and {how} it without an answer; look for the reason in "
        f"the shop's log."
    )


def _one_line(text: str) -> str:
    """A text of another program on one line, shortened to 120 characters."""
    return " ".join(text.split())[:120]
