"""Reading Label Studio: what changed there, what is not there any more, and what stands there twice."""
