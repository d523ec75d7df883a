"""The front door: the command line `hdo`, its tables and its JSON."""
