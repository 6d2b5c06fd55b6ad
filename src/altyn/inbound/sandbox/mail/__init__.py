"""The sandbox's mailbox: a page and an API for the mails that the gateway has sent."""
