"""What is read of files in the background."""

from django_tasks import task

from metropolis.foundation.background.values import SLOW
from metropolis.foundation.documents import operations


@task(queue_name=SLOW)
def read_text(id: int, file: str) -> None:
    """Take the whole text out of a publication's PDF."""
    operations.read_text(id=id, file=file)
