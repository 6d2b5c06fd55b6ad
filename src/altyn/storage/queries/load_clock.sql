-- load_clock: how far the sandbox's clock is ahead; no row when it was never moved.
SELECT ahead_by FROM sandbox_clock;
