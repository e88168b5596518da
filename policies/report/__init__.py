"""What the pack found in a preview, in the formats that CI systems read: SARIF 2.1.0 and JUnit XML.

Nothing of the pack imports this package, so that it costs no deployment anything.
"""
