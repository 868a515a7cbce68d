"""How a release is made: chosen among rows, given its version, held against its gates, frozen."""
