"""Who calls us: doors that parse, authenticate and present; they decide nothing."""
