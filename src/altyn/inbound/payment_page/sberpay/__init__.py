"""SberPay on the payment page: its tile, the step of its own, and what the payer then has to do."""
