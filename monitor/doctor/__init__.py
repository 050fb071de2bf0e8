"""``monitor doctor``: examines the machine and the installation, each finding with the way out."""
