"""What `[verification]` asks for, in the facts: what is to be checked, what it decides, how often it is wrong."""
