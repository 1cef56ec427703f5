"""Consumer-driven contracts: the core's adapters write pacts, and providers are verified against pacts.

Imports of pact stay in `writing` and `verifier_process`: it is an extra, which those who write no pacts need not have.
"""
