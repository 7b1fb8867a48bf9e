"""Search over the step protocol of `postedit.models.protocol`."""
