"""What the sandbox's clock carries out next: the list as members of an answer, and its words."""
