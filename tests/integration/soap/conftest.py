"""The gateway of the REST tests, with its shops: what SOAP does is compared with what REST does."""

from tests.integration.rest.conftest import gateway, logbook

__all__ = ["gateway", "logbook"]
