"""Reports and exports of the personal account, which a worker builds in the background."""
