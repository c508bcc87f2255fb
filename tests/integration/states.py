"""States of an account, by id: what is changed of a whole one, and what has to be said of it."""


def registry(states):
    """A decorator of a change: its id, the verdict, and the first broken link (None: none)."""

    def state(name, verdict, broken=None):
        def register(change):
            assert name not in states, name
            states[name] = (verdict, broken, change)
            return change

        return register

    return state
