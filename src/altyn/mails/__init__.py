"""The mails that people get: their texts in Russian and English, and their HTML."""
