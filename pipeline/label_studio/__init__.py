"""Label Studio: the seam, the client behind it, an embedded server, accounts, and a fake for tests."""
