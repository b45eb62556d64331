"""The folders of a team, as tests of the use cases find them."""

from tests.app.conftest import after, folder, in_this_process, made, team  # noqa: F401 - fixtures
