"""What happens by itself: time passing, and questions whose answers were lost."""
