"""The AWS of the stack `local`: moto behind a Pulumi provider, in one background process."""
