"""Tests of the services, against a real server on loopback."""
