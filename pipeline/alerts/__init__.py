"""What `watch` tells unasked: that the bottleneck is another one, a target in danger, or work about to run out."""
