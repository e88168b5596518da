"""Load balancers: listeners, protection, and who may connect."""

import json
from typing import Any

import pulumi
import pytest

import components as ecs
from ecs_model.access_logs import AccessLogs
from ecs_model.domain import DomainSettings
from ecs_model.load_balancer import ExistingLoadBalancer, LoadBalancerSettings, LoadBalancerType
from ecs_model.tls import TLS_POLICY
from tests.components.component_harness import Graph, deploy, refused

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1"


def balancer(**chosen: Any) -> Graph:
    args = ecs.LoadBalancerArgs("vpc-1", ["subnet-1", "subnet-2"], LoadBalancerSettings(**chosen))
    return deploy(lambda: ecs.LoadBalancer("web", args))


def test_plain_http() -> None:
    graph = balancer()
    assert graph.kinds() == {
        "LoadBalancer": 1,
        "ec2.SecurityGroup": 1,
        "lb.Listener": 1,
        "lb.LoadBalancer": 1,
        "vpc.SecurityGroupEgressRule": 1,
        "vpc.SecurityGroupIngressRule": 1,
    }
    made = graph.one("lb.LoadBalancer").inputs
    assert made["enableDeletionProtection"] is False
    assert made["internal"] is False
    assert made["dropInvalidHeaderFields"] is True
    assert "name" not in made
    listener = graph.one("lb.Listener").inputs
    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert listener["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    component = graph.one("LoadBalancer")
    assert component.outputs == {
        "arn": "arn:aws:mock:eu-central-1:123456789012:web",
        "dnsName": "web.example.com",
        "securityGroupId": "SecurityGroup/web-balancer",
        "listenerArn": "arn:aws:mock:eu-central-1:123456789012:web-http",
    }
    assert len(graph.children(component)) == len(graph.resources) - 1


def test_a_network_load_balancer_has_no_listener_of_its_own() -> None:
    graph = balancer(type=LoadBalancerType.NETWORK, internal=True, certificate_arn=CERTIFICATE)
    assert graph.kinds() == {
        "LoadBalancer": 1,
        "ec2.SecurityGroup": 1,
        "lb.LoadBalancer": 1,
        "vpc.SecurityGroupEgressRule": 1,
    }
    made = graph.one("lb.LoadBalancer").inputs
    assert (made["loadBalancerType"], made["internal"]) == ("network", True)
    assert made["securityGroups"] == ["SecurityGroup/web-balancer"]
    assert not {"idleTimeout", "dropInvalidHeaderFields"} & set(made)
    outputs = graph.one("LoadBalancer").outputs
    assert outputs
    assert outputs["listenerArn"] == ""


@pytest.mark.parametrize("network", [False, True])
def test_of_an_existing_one_nothing_is_made(network: bool) -> None:
    prefix = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:"
    arn = f"{prefix}loadbalancer/{'net' if network else 'app'}/shop/0a"
    listener = "" if network else f"{prefix}listener/app/shop/0a/1b"
    chosen = ExistingLoadBalancer("sg-1", listener or None, arn if network else None)
    type_ = LoadBalancerType.NETWORK if network else LoadBalancerType.APPLICATION
    graph = balancer(existing=chosen, type=type_)
    assert graph.kinds() == {"LoadBalancer": 1}
    assert graph.one("LoadBalancer").outputs == {
        "arn": arn,
        "dnsName": "",
        "securityGroupId": "sg-1",
        "listenerArn": listener,
    }


def test_a_domain_makes_a_certificate_and_the_records_that_lead_here() -> None:
    names = ["shop.example.com", "*.shop.example.com", "api.example.com"]
    graph = balancer(domain=DomainSettings(names, "example.com"))
    requested = graph.one("acm.Certificate").inputs
    assert (requested["domainName"], requested["validationMethod"]) == ("shop.example.com", "DNS")
    assert requested["subjectAlternativeNames"] == ["*.shop.example.com", "api.example.com"]
    records = {each.name: each.inputs for each in graph.all("route53.Record")}
    assert {each["zoneId"] for each in records.values()} == {"Z-example.com"}
    proofs = {name: each for name, each in records.items() if each["type"] == "CNAME"}
    assert {name: each["name"] for name, each in proofs.items()} == {
        "web-proof-shop.example.com": "_proof.shop.example.com.",
        "web-proof-api.example.com": "_proof.api.example.com.",
    }
    assert all(each["records"] == ["_value.acm-validations.aws."] for each in proofs.values())
    leading = {each["name"]: each["aliases"] for name, each in records.items() if name not in proofs}
    target = [{"name": "web.example.com", "zoneId": "Z1BALANCER", "evaluateTargetHealth": False}]
    assert leading == dict.fromkeys(names, target)
    issued, https = graph.one("acm.CertificateValidation"), graph.one("lb.Listener", "web-https")
    assert sorted(issued.inputs["validationRecordFqdns"]) == sorted(each["name"] for each in proofs.values())
    assert issued.urn in https.property_dependencies["certificateArn"]
    assert graph.one("lb.Listener", "web-http").inputs["defaultActions"][0]["type"] == "redirect"
    assert len(graph.children(graph.one("LoadBalancer"))) == len(graph.resources) - 1


def test_a_zone_that_is_not_there_is_said_with_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(**_: Any) -> None:
        raise Exception("no matching Route 53 Hosted Zone found")

    monkeypatch.setattr("pulumi_aws.route53.get_zone", nothing)
    with pytest.raises(pulumi.RunError, match=r"domain\.zone: AWS finds no public hosted zone example\.org \(no match"):
        balancer(domain=DomainSettings(["shop.example.org"], "example.org"))


@pytest.mark.parametrize("network", [False, True])
def test_a_bucket_of_its_own_lets_load_balancers_write_before_there_is_one(network: bool) -> None:
    type_ = LoadBalancerType.NETWORK if network else LoadBalancerType.APPLICATION
    graph = balancer(type=type_, access_logs=AccessLogs(prefix="web", retention_days=7))
    made, policy = graph.one("lb.LoadBalancer"), graph.one("s3.BucketPolicy")
    assert made.inputs["accessLogs"] == {"enabled": True, "bucket": "web-logs-1a2b3c4", "prefix": "web"}
    assert graph.waits_for(made, policy)
    assert graph.one("s3.Bucket").inputs["forceDestroy"] is True
    (rule,) = graph.one("s3.BucketLifecycleConfiguration").inputs["rules"]
    assert (rule["status"], rule["expiration"]) == ("Enabled", {"days": 7})
    statements = json.loads(policy.inputs["policy"])["Statement"]
    writer = "delivery.logs" if network else "logdelivery.elasticloadbalancing"
    assert {each["Principal"]["Service"] for each in statements} == {f"{writer}.amazonaws.com"}
    assert statements[-1]["Resource"] == "arn:aws:s3:::web-logs-1a2b3c4/web/AWSLogs/123456789012/*"
    assert len(statements) == (2 if network else 1)


def test_requests_are_logged_where_it_is_said() -> None:
    on = balancer(access_logs=AccessLogs("logs", "web")).one("lb.LoadBalancer").inputs
    assert on["accessLogs"] == {"enabled": True, "bucket": "logs", "prefix": "web"}
    off = balancer(idle_timeout=120).one("lb.LoadBalancer").inputs
    assert (off["accessLogs"], off["idleTimeout"]) == ({"enabled": False, "bucket": ""}, 120)


def test_a_certificate_makes_https_and_a_redirect() -> None:
    graph = balancer(certificate_arn=CERTIFICATE, deletion_protection=True)
    https, http = graph.one("lb.Listener", "web-https").inputs, graph.one("lb.Listener", "web-http").inputs
    assert (https["port"], https["protocol"], https["certificateArn"]) == (443, "HTTPS", CERTIFICATE)
    assert https["sslPolicy"] == TLS_POLICY
    assert http["defaultActions"][0]["redirect"] == {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}
    outputs = graph.one("LoadBalancer").outputs
    assert outputs
    assert outputs["listenerArn"].endswith(":web-https")
    assert graph.one("lb.LoadBalancer").inputs["enableDeletionProtection"] is True


def test_rules_are_named_by_their_range_so_that_taking_one_away_moves_no_other() -> None:
    both = balancer(ingress_cidrs=["10.0.0.0/8", "192.168.0.0/16"], certificate_arn=CERTIFICATE)
    one = balancer(ingress_cidrs=["192.168.0.0/16"], certificate_arn=CERTIFICATE)
    rules = {
        each.name: (each.inputs["cidrIpv4"], each.inputs["fromPort"])
        for each in both.all("vpc.SecurityGroupIngressRule")
    }
    assert sorted(rules.values()) == [(c, p) for c in ("10.0.0.0/8", "192.168.0.0/16") for p in (80, 443)]
    for each in one.all("vpc.SecurityGroupIngressRule"):
        assert rules[each.name] == (each.inputs["cidrIpv4"], each.inputs["fromPort"])
    assert not {"ingress", "egress"} & set(both.one("ec2.SecurityGroup").inputs)


@pytest.mark.parametrize("wrong", [{"idle_timeout": 0, "ingress_cidrs": []}])
def test_everything_wrong_is_listed(wrong: dict[str, Any]) -> None:
    lines = refused(lambda: ecs.LoadBalancer("web", ecs.LoadBalancerArgs("v", [], LoadBalancerSettings(**wrong))))
    assert [line.split(": ")[1] for line in lines] == ["idleTimeout", "ingressCidrs"]


def test_a_dictionary() -> None:
    args: Any = {"vpc_id": "vpc-1", "subnet_ids": ["a", "b"], "settings": {"idle_timeout": 90.0, "internal": True}}
    made = deploy(lambda: ecs.LoadBalancer("web", args)).one("lb.LoadBalancer").inputs
    assert (made["idleTimeout"], made["internal"]) == (90, True)
