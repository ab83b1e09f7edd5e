"""One file per platform: how its sandbox shop is made, and where its faults strike."""
