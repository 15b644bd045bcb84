"""Measurements that anybody can run again: what is found (detection), and how fast."""
