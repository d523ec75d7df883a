"""The published edition: the paper's statements literally, mistakes included."""
