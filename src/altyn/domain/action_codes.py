"""Action codes that the gateway itself sets or tests, by name.

Every other code is only passed on from the bank. The texts of all codes are in
`protocol/action_codes.py`. Source: codes.md §4.2.
"""

from typing import Final

NO_PAYMENTS_YET: Final = -100
APPROVED: Final = 0

PROCESSING_UNAVAILABLE: Final = -1
PROCESSING_STARTED: Final = -9000
PROCESSING_TIMEOUT: Final = 151018  # the request was not sent: nothing can have happened
PROCESSING_TIMEOUT_SENT: Final = 151019  # the request was sent: anything can have happened
HOST_NOT_AVAILABLE: Final = 907

CANCELLED: Final = -102
SESSION_EXPIRED: Final = -2007
ATTEMPTS_EXHAUSTED: Final = -2013

PAN_BLACKLISTED: Final = -2000
IP_BLACKLISTED: Final = -2001
LIMIT_EXCEEDED: Final = -2002
FRAUD: Final = 999

SIGNATURE_INVALID: Final = -2005
AUTHENTICATION_FAILED: Final = -2006
XID_MISMATCH: Final = -2010
PARES_UNKNOWN: Final = -2011
VERES_UNKNOWN: Final = -2016
PARES_NOT_Y: Final = -2017
WRONG_ECI: Final = -2020
TDS_COMMUNICATION_ERROR: Final = 151017

WRONG_OPERATION: Final = 2002
SSL_FORBIDDEN: Final = 2003  # codes.md §5.1 writes -2003, which codes.md §4.2 has as "blocked"
SSL_WITHOUT_CVC: Final = 2004
TDS_RULE_FAILED: Final = 2005
ONE_PHASE_FORBIDDEN: Final = 2006
ALREADY_PAID: Final = 2007
TDS_FORBIDDEN: Final = 2016

WRONG_CVC: Final = 82
EXPIRED_CARD: Final = 101
NOT_ENOUGH_MONEY: Final = 116
INPUT_ERROR: Final = 71015
