"""The causes of a bottleneck, one file each: a cause is named only if undoing it in the model removes the overload."""
