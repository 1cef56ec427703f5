"""What the core process is made of: its way out to the systems, its way in, time, ids, and what it tells."""
