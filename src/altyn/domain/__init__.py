"""Values and rules of money, cards, orders and merchants: pure, without a clock and without I/O."""
