"""Learning of the joint finder from characters of our own."""
