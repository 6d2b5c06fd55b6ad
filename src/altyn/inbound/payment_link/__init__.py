"""The QR code of an order's payment link, for the shop's screens and printers."""
