"""HTTP shared by all endpoints: bodies and parameters in every spelling, bounded."""
