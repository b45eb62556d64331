"""What is tested: data sets and models, bound by digest, opened where a crash costs only a child."""
