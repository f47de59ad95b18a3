"""What the tool does in the background."""

from django.utils import timezone
from django_tasks import task

from metropolis.foundation.background.values import SLOW
from metropolis.tools.practices import operations


@task(queue_name=SLOW)
def run_import(id: int) -> None:
    """Take a file of practices in."""
    operations.run_import(id=id)


@task()
def forget_imports() -> int:
    """Forget what became of files long ago; of how many."""
    return operations.forget_imports(now=timezone.now())
