"""What Alembic runs: the steps that are missing, in the transaction of the connection that it was handed."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
