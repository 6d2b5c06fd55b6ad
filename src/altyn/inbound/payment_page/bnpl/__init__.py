"""The steps of payment in parts on the payment page: phone, code, plan, card for the first part."""
