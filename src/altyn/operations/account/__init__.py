"""What users of the personal account do with their access: log in, passwords, users, the API's
credentials, the audit log. Changes of orders are the operations of the API."""
