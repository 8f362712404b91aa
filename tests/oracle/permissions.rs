//! Less may be read, less is known, and nothing else is said (DOMAIN G1, G2).
