"""Ports for runs that begin at one time: each has its own, though nobody listens yet."""

from __future__ import annotations

import socket

from sandbox.runs.live_ports import free_base


def test_two_that_look_at_one_time_get_different_ports_and_give_them_back() -> None:
    with free_base() as first, free_base() as second:
        assert abs(second - first) >= 20
    with free_base() as again:
        assert again <= second


def test_a_base_with_a_port_in_use_is_passed_over() -> None:
    with free_base() as first:
        pass
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 3))
        with free_base() as other:
            assert other != first
