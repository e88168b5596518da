"""AWS Systems Manager: what an account lets it do."""

from policies.properties import References
from policies.views.resource import Resource


class ServiceSetting(Resource):
    """A setting of Systems Manager for a whole account and region."""

    type = "aws:ssm/serviceSetting:ServiceSetting"
    label = "service setting"

    @property
    def setting(self) -> References:
        """Which setting it is, by its path or as an ARN that ends with it."""
        return self.properties.reference("settingId")
