"""What is true about money, cards, orders and merchants: pure, without a clock and without I/O."""
