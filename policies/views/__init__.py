"""Typed views of the resources that rules judge: one class a resource type, its properties by their meaning."""
