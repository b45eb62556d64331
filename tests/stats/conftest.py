"""Property tests here do real numerical work on shared cores: a deadline per example would measure the neighbours."""

from hypothesis import settings

settings.register_profile("numerical", deadline=None)
settings.load_profile("numerical")
