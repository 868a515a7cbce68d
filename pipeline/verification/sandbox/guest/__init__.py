"""What runs inside the sandbox, on a bare Python: nothing of this folder imports anything from outside it."""
