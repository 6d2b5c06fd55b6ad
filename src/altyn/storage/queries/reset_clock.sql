-- reset_clock: put the sandbox's clock back to the real time.
DELETE FROM sandbox_clock WHERE one;
