"""The chain: a node of it, asked by JSON-RPC."""

SERVICE = "Chain node"
