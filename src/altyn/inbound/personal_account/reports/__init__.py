"""The pages of reports and exports in the personal account."""
