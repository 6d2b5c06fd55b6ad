"""The names by which SOAP clients find the service: namespaces, and the service's own.

Clients are compiled with them, so they are part of the wire. The namespaces look like addresses,
but are never called.
Source: soap.md §1, §1.2.
"""

from typing import Final

# A request may use either, and is answered in the same; our own WSDL uses the first.
MESSAGE_NAMESPACES: Final = (
    "http://engine.paymentgate.ru/webservices/merchant",
    "http://engine.paymentgate.com/webservices/merchant",
)
SERVICE_NAMESPACE: Final = "http://soap.merchant.api.web.phoenix.bpc.ru/"

SERVICE: Final = "MerchantServiceImplService"
PORT: Final = "MerchantServiceImplPort"
BINDING: Final = "MerchantServiceImplServiceSoapBinding"
PORT_TYPE: Final = "MerchantService"
PORT_TYPE_DOCUMENT: Final = "MerchantService.wsdl"  # the value of `?wsdl=`

SOAP_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP_HTTP: Final = "http://schemas.xmlsoap.org/soap/http"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_OASIS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE: Final = f"{_OASIS}wssecurity-secext-1.0.xsd"
WSU: Final = f"{_OASIS}wssecurity-utility-1.0.xsd"
PASSWORD_TEXT: Final = f"{_OASIS}username-token-profile-1.0#PasswordText"
