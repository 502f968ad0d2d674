"""The networks of the pocket family."""
