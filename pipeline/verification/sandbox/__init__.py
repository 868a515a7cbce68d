"""Code that nobody trusts, run where it can do nothing but compute: bubblewrap around, seccomp and limits within."""
