"""The sandbox: a loopback server that speaks OpenAI's protocol, for rehearsals, demonstrations and tests.

It is a process of its own (`python -m ftlint.sandbox --state DIR`) with its state on disk, so that a killed client
or a killed server finds everything again. It shares no code with the checks and the run: it is a second opinion.
A page at its address shows its state; `--profile bare` plays a bare self-hosted server of the protocol; for tests
there is `ftlint.sandbox.pytest_plugin`. Where it guesses: the thresholds of its filter, the shape of
`moderation_checks` events, upload limits by OpenAI's reference only, graders without models or code.
Nothing that it answers says anything about a real model. `ftlint.sandbox.launch` starts it.
"""
