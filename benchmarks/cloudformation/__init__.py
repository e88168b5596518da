"""The same services written for AWS CDK, and how long the linters of CloudFormation take over their template."""
