"""What we know. Pure values and rules: no files, SQL, network, clock or randomness; standard library only."""
