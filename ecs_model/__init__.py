"""What Amazon ECS on EC2 is, as pure data and functions: no Pulumi, no boto3."""
