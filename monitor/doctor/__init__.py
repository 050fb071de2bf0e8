"""``monitor doctor``: check the machine and the installation; each problem found comes with its remedy."""
